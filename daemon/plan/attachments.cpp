#include "plan/attachments.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

/// Nothing that was asked for is missing; further aliases are the engine's or somebody's convenience.
bool sits_well(const Endpoint& want, const Endpoint& have) {
    return std::includes(have.aliases.begin(), have.aliases.end(), want.aliases.begin(),
                         want.aliases.end()) &&
           (want.ipv4_address.empty() || want.ipv4_address == have.ipv4_address) &&
           (want.ipv6_address.empty() || want.ipv6_address == have.ipv6_address) &&
           (want.mac_address.empty() || want.mac_address == have.mac_address) &&
           std::all_of(want.driver_options.begin(), want.driver_options.end(), [&](const auto& option) {
               const auto found = have.driver_options.find(option.first);
               return found != have.driver_options.end() && found->second == option.second;
           });
}

std::string text_of(const Endpoint& endpoint) {
    std::string text;
    for (const std::string& alias : endpoint.aliases) text += (text.empty() ? "as " : ", ") + alias;
    for (const std::string& address : {endpoint.ipv4_address, endpoint.ipv6_address}) {
        if (!address.empty()) text += " at " + address;
    }
    return text.empty() ? "connected" : text;
}

bool is_current(const NetworkName& name, const NetworkId& id, const Observed& observed) {
    if (id.empty()) return true;  // a container that never ran knows the network by name only
    const auto network = observed.networks.find(name);
    return network != observed.networks.end() && network->second.id == id;
}

void check_one(const NetworkName& name, const Endpoint& want, const ObservedContainer& container,
               const Observed& observed, std::vector<Attachment>& wrong) {
    const auto id = container.attached.find(name);
    const auto have = container.spec.networks.find(name);
    const std::string field = "networks." + name.value;
    if (id == container.attached.end() || have == container.spec.networks.end()) {
        wrong.push_back({name, false, true, {field, "not connected", text_of(want)}});
    } else if (!is_current(name, id->second, observed)) {
        wrong.push_back(
            {name, true, true, {field, "connected to a network of that name that is gone", text_of(want)}});
    } else if (!sits_well(want, have->second)) {
        wrong.push_back({name, true, true, {field, text_of(have->second), text_of(want)}});
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
    std::vector<Attachment> wrong;
    for (const auto& [network, endpoint] : service.container.networks) {
        check_one(network, endpoint_of(service, network, name, links), container, observed, wrong);
    }
    if (service.container.networks.empty()) return wrong;  // host, none and the like: the mode tells
    for (const auto& [network, id] : container.attached) {
        if (!service.container.networks.contains(network)) {
            wrong.push_back({network, true, false, {"networks." + network.value, "connected", "(unset)"}});
        }
    }
    return wrong;
}

}  // namespace dockerext::plan
