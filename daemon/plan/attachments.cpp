#include "plan/attachments.hpp"

#include "model/normal_form.hpp"
#include "plan/engine_api.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

/// Whether the engine reports a configured MAC address. It does so only for running containers, and below API
/// 1.44 only for their first network.
bool reports_mac_address(const Service& service, const NetworkName& network,
                         const ObservedContainer& container, const EngineFacts& engine) {
    const bool takes = speaks(engine, 44) || network.value == service.container.network_mode;
    return takes && container.state == ContainerState::running;
}

bool matches_if_set(normal::Form form, const std::string& want, const std::string& have) {
    return want.empty() || form(want) == form(have);
}

/// Whether nothing that is wanted is missing. Additional aliases come from the engine or from other users,
/// and are allowed.
bool endpoint_matches(const Endpoint& want, const Endpoint& have) {
    return std::includes(have.aliases.begin(), have.aliases.end(), want.aliases.begin(),
                         want.aliases.end()) &&
           matches_if_set(normal::ip_address, want.ipv4_address, have.ipv4_address) &&
           matches_if_set(normal::ip_address, want.ipv6_address, have.ipv6_address) &&
           matches_if_set(normal::mac_address, want.mac_address, have.mac_address) &&
           std::all_of(want.driver_options.begin(), want.driver_options.end(), [&](const auto& option) {
               const auto found = have.driver_options.find(option.first);
               return found != have.driver_options.end() && found->second == option.second;
           });
}

std::string endpoint_text(const Endpoint& endpoint) {
    std::string text;
    for (const std::string& alias : endpoint.aliases) text += (text.empty() ? "as " : ", ") + alias;
    for (const std::string& address : {endpoint.ipv4_address, endpoint.ipv6_address}) {
        if (!address.empty()) text += " at " + address;
    }
    if (!endpoint.mac_address.empty()) text += " with " + endpoint.mac_address;
    return text.empty() ? "connected" : text;
}

bool is_current(const NetworkName& name, const NetworkId& id, const Observed& observed) {
    if (id.empty()) return true;  // a container that never ran refers to the network by name only
    if (unknown_of(observed, subject_of(name)) != nullptr) return true;
    const auto network = observed.networks.find(name);
    return network != observed.networks.end() && network->second.id == id;
}

void check_attachment(const NetworkName& name, const Endpoint& want, const ObservedContainer& container,
                      const Observed& observed, std::vector<Attachment>& drift) {
    const auto id = container.attached.find(name);
    const auto have = container.spec.networks.find(name);
    const std::string field = "networks." + name.value;
    if (id == container.attached.end() || have == container.spec.networks.end()) {
        drift.push_back({name, false, true, {field, "not connected", endpoint_text(want)}});
    } else if (!is_current(name, id->second, observed)) {
        drift.push_back({name,
                         true,
                         true,
                         {field, "connected to a network of that name that is gone", endpoint_text(want)}});
    } else if (!endpoint_matches(want, have->second)) {
        drift.push_back({name, true, true, {field, endpoint_text(have->second), endpoint_text(want)}});
    }
}

}  // namespace

Endpoint endpoint_of(const Service& service, const NetworkName& network, const ContainerName& name,
                     const std::vector<std::string>& links) {
    Endpoint endpoint = service.container.networks.at(network);
    endpoint.aliases.insert(name.value);
    endpoint.links.insert(links.begin(), links.end());
    return endpoint;
}

std::vector<Attachment> attachments(const Service& service, const ContainerName& name,
                                    const std::vector<std::string>& links, const ObservedContainer& container,
                                    const Observed& observed) {
    std::vector<Attachment> drift;
    for (const auto& [network, endpoint] : service.container.networks) {
        Endpoint want = endpoint_of(service, network, name, links);
        if (!reports_mac_address(service, network, container, observed.engine)) want.mac_address.clear();
        check_attachment(network, want, container, observed, drift);
    }
    if (service.container.networks.empty()) return drift;  // host, none and so on: network_mode covers it
    for (const auto& [network, id] : container.attached) {
        if (!service.container.networks.contains(network)) {
            drift.push_back({network, true, false, {"networks." + network.value, "connected", "(unset)"}});
        }
    }
    return drift;
}

}  // namespace dockerext::plan
