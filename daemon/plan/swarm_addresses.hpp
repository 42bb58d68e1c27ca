#pragma once

#include "base/error.hpp"
#include "model/plan.hpp"
#include "model/swarm.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dockerext::plan {

/// The addresses of this machine as a node of the swarm, all numeric.
struct SwarmAddresses {
    std::string advertise, listen, data_path;  ///< as in model::InitSwarm
    std::string warning;                       ///< about an address that works only in part; "" if none
};

bool is_own_address(const model::ObservedSwarm& observed, std::string_view address);

/// The first entry of `managers` that is an address of this machine.
std::optional<TcpAddress> own_manager_address(const model::SwarmSettings& settings,
                                              const model::ObservedSwarm& observed);

/// The role that the settings ask for. Without `role`, machines in `managers` are managers, and all others
/// workers.
model::SwarmRole wanted_role(const model::SwarmSettings& settings, const model::ObservedSwarm& observed);

/// The address to advertise. A given one must be an address of this machine, and a given interface have a
/// primary address of the family (IPv4 or IPv6) of `managers`. "auto" is the machine's own address in
/// `managers`; for any other machine, its only primary address of that family, and with several, the one from
/// which packets to the managers leave. If that is not known, a person must choose, as with `docker swarm
/// init`: a wrong guess would send all overlay traffic through the wrong network. Docker's own bridges do not
/// count.
/// An error (`conflict`) is worded for `status`.
Result<std::string> advertise_address(const model::SwarmSettings& settings,
                                      const model::ObservedSwarm& observed);

/// All of them. The default of `listen` is any address, with the port at which `managers` names this machine,
/// or 2377.
Result<SwarmAddresses> swarm_addresses(const model::SwarmSettings& settings,
                                       const model::ObservedSwarm& observed);

/// A swarm that this machine founds with these addresses.
model::InitSwarm initialization(const model::SwarmSettings& settings, const SwarmAddresses& addresses);

/// Why overlay networks are unreliable with this address of the machine; "" if they are not.
std::string address_warning(const model::ObservedSwarm& observed, const std::string& address);

}  // namespace dockerext::plan
