#include "plan/swarm_addresses.hpp"

#include "base/joined.hpp"

#include <algorithm>
#include <vector>

namespace dockerext::plan {

using namespace model;

namespace {

bool is_ipv6(std::string_view address) { return address.find(':') != std::string_view::npos; }

bool managers_have_ipv6(const SwarmSettings& settings) { return is_ipv6(settings.managers.front().host); }

/// Docker's own bridges, and the host's ends of containers' interfaces.
bool is_of_docker(std::string_view interface) {
    return interface == "docker0" || interface == "docker_gwbridge" || interface.starts_with("br-") ||
           interface.starts_with("veth");
}

bool is_candidate(const SwarmSettings& settings, const MachineAddress& address) {
    return address.primary && is_ipv6(address.address) == managers_have_ipv6(settings) &&
           !is_of_docker(address.interface);
}

/// "10.0.0.4 (eth0)".
std::string shown(const MachineAddress& address) { return address.address + " (" + address.interface + ")"; }

/// "10.0.0.4 (eth0), 10.1.0.4 (eth1)".
std::string shown(const std::vector<MachineAddress>& addresses) {
    return joined(addresses, ", ", [](const MachineAddress& each) { return shown(each); });
}

std::vector<MachineAddress> usable_addresses(const SwarmSettings& settings, const ObservedSwarm& observed) {
    std::vector<MachineAddress> usable;
    std::copy_if(observed.addresses.begin(), observed.addresses.end(), std::back_inserter(usable),
                 [&](const MachineAddress& each) { return is_candidate(settings, each); });
    return usable;
}

Error address_conflict(std::string_view member, std::string text) {
    return {ErrorKind::conflict, "swarm." + std::string(member) + ": " + std::move(text)};
}

/// "it has 10.0.0.4 (eth0); name one of these".
std::string choice(const std::vector<MachineAddress>& addresses) {
    if (addresses.empty()) return "it has no address that other nodes could use";
    return "it has " + shown(addresses) + "; name one of these";
}

/// An address or interface as the settings name it, as an address.
Result<std::string> named_address(std::string_view member, const std::string& name,
                                  const SwarmSettings& settings, const ObservedSwarm& observed) {
    const auto usable = usable_addresses(settings, observed);
    if (const auto address = parse_ip_address(name)) {
        if (is_own_address(observed, *address)) return *address;
        return address_conflict(
            member, name + " is not an address of this machine, and NAT is not supported; " + choice(usable));
    }
    const auto found =
        std::find_if(observed.addresses.begin(), observed.addresses.end(), [&](const MachineAddress& each) {
            return each.interface == name && each.primary &&
                   is_ipv6(each.address) == managers_have_ipv6(settings);
        });
    if (found != observed.addresses.end()) return found->address;
    return address_conflict(member, "this machine has no interface '" + name + "' with an " +
                                        (managers_have_ipv6(settings) ? "IPv6" : "IPv4") + " address; " +
                                        choice(usable));
}

Result<std::string> automatic_address(const SwarmSettings& settings, const ObservedSwarm& observed) {
    if (const auto own = own_manager_address(settings, observed)) return own->host;
    const auto usable = usable_addresses(settings, observed);
    if (usable.size() == 1) return usable.front().address;
    const auto leads_to_managers = [&](const MachineAddress& each) {
        return each.address == observed.source_address;
    };
    if (std::any_of(usable.begin(), usable.end(), leads_to_managers)) return observed.source_address;
    if (usable.empty())
        return address_conflict(
            "advertise", "this machine has no address that other nodes could use: configure its network");
    return address_conflict("advertise", "this machine has several addresses, " + shown(usable) +
                                             ", and no route to a manager tells which one to use; name the "
                                             "address or interface that the other nodes reach");
}

std::string default_listen(const SwarmSettings& settings, const ObservedSwarm& observed,
                           std::string_view advertise) {
    const auto own = own_manager_address(settings, observed);
    return to_string(
        TcpAddress{is_ipv6(advertise) ? "::" : "0.0.0.0", own ? own->port : SwarmSettings::default_port});
}

}  // namespace

bool is_own_address(const ObservedSwarm& observed, std::string_view address) {
    return std::any_of(observed.addresses.begin(), observed.addresses.end(),
                       [&](const MachineAddress& each) { return each.address == address; });
}

std::optional<TcpAddress> own_manager_address(const SwarmSettings& settings, const ObservedSwarm& observed) {
    const auto own =
        std::find_if(settings.managers.begin(), settings.managers.end(),
                     [&](const TcpAddress& each) { return is_own_address(observed, each.host); });
    return own == settings.managers.end() ? std::nullopt : std::optional(*own);
}

SwarmRole wanted_role(const SwarmSettings& settings, const ObservedSwarm& observed) {
    if (settings.role) return *settings.role;
    // An address may be away for a moment: a member is who the swarm knows it as.
    const bool is_known =
        std::any_of(settings.managers.begin(), settings.managers.end(),
                    [&](const TcpAddress& each) { return each.host == observed.node_address; });
    return is_known || own_manager_address(settings, observed) ? SwarmRole::manager : SwarmRole::worker;
}

Result<std::string> advertise_address(const SwarmSettings& settings, const ObservedSwarm& observed) {
    if (settings.advertise == "auto") return automatic_address(settings, observed);
    return named_address("advertise", settings.advertise, settings, observed);
}

Result<SwarmAddresses> swarm_addresses(const SwarmSettings& settings, const ObservedSwarm& observed) {
    const auto advertise = advertise_address(settings, observed);
    if (!advertise) return advertise.error();
    SwarmAddresses addresses{.advertise = *advertise};
    addresses.listen = settings.listen ? to_string(*settings.listen)
                                       : default_listen(settings, observed, addresses.advertise);
    if (!settings.data_path.empty()) {
        const auto data_path = named_address("data-path", settings.data_path, settings, observed);
        if (!data_path) return data_path.error();
        addresses.data_path = *data_path;
    }
    // The overlay traffic goes through the data path, if there is one.
    addresses.warning =
        address_warning(observed, addresses.data_path.empty() ? addresses.advertise : addresses.data_path);
    return addresses;
}

InitSwarm initialization(const SwarmSettings& settings, const SwarmAddresses& addresses) {
    return {.advertise = addresses.advertise,
            .listen = addresses.listen,
            .data_path = addresses.data_path,
            .data_path_port = settings.data_path_port,
            .address_pools = settings.address_pools,
            .subnet_size = settings.subnet_size,
            .task_history = settings.task_history,
            .autolock = settings.autolock,
            .availability = settings.availability};
}

std::string address_warning(const ObservedSwarm& observed, const std::string& address) {
    const auto is_there = [&](const MachineAddress& each) { return each.address == address; };
    const auto found = std::find_if(observed.addresses.begin(), observed.addresses.end(), is_there);
    if (found == observed.addresses.end() || found->primary) return "";
    return address + " is not the primary address of " + found->interface +
           ", so overlay networks may lose traffic: advertise the primary one";
}

}  // namespace dockerext::plan
