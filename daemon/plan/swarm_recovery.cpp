#include "plan/swarm_recovery.hpp"

#include "base/joined.hpp"
#include "plan/swarm_addresses.hpp"

#include <string>
#include <vector>

namespace dockerext::plan {

using namespace model;

namespace {

/// Of a locked swarm, engines 20.10 and 26.1 refuse to make a new cluster, stop taking part in it, and lose
/// its data with the next join.
bool may_be_locked(const SwarmDesired& desired) {
    return desired.settings.autolock || !desired.access.unlock_key.reveal().empty();
}

/// Why nothing may be recovered here; "" if something may.
std::string refusal(const SwarmDesired& desired, const ObservedSwarm& observed,
                    const std::vector<TcpAddress>& answering) {
    switch (observed.state) {
    case LocalNodeState::locked: return "this manager is locked: unlock it first, with `docker swarm unlock`";
    case LocalNodeState::pending:
    case LocalNodeState::error:
        return "the engine is in a swarm that it cannot take part in: run `docker swarm leave --force` first";
    case LocalNodeState::active:
        if (!observed.manager) return "this machine is a worker; only a manager has the swarm's data";
        if (may_be_locked(desired))
            return "the settings have swarm.autolock or an unlock-key, and an engine cannot recover a swarm "
                   "that is locked: get its managers to run again";
        if (observed.nodes) return "the swarm works: it has a leader, and its managers are a quorum";
        if (answering.size() + 1 > desired.settings.managers.size() / 2)
            return "most of swarm.managers accept connections, so that they may elect a leader: wait a "
                   "minute, "
                   "or stop their engines if they are lost";
        return "";
    case LocalNodeState::inactive: break;
    }
    if (wanted_role(desired.settings, observed) == SwarmRole::worker)
        return "the settings make this machine a worker: run this on one of swarm.managers";
    if (answering.empty()) return "";
    return "a manager answers at " +
           joined(answering, ", ", [](const TcpAddress& each) { return to_string(each); }) +
           ": recover the swarm there, or join it";
}

}  // namespace

Result<InitSwarm> swarm_recovery(const SwarmDesired& desired, const ObservedSwarm& observed) {
    std::vector<TcpAddress> answering = observed.answering;
    std::erase_if(answering,
                  [&](const TcpAddress& manager) { return is_own_address(observed, manager.host); });
    if (const std::string why = refusal(desired, observed, answering); !why.empty())
        return Error(ErrorKind::conflict, why);
    const auto addresses = swarm_addresses(desired.settings, observed);
    if (!addresses) return addresses.error();
    InitSwarm init = initialization(desired.settings, *addresses);
    init.force_new_cluster = observed.state == LocalNodeState::active;
    return init;
}

}  // namespace dockerext::plan
