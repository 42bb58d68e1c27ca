// The calls of Engine for networks.
#include "docker/engine.hpp"

#include "schedule.hpp"

#include <algorithm>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;
using json::Value;

constexpr unsigned slow_creation = 8;  ///< one of so many creations is slow
constexpr Duration longest_creation = 5s;

HttpResponse no_such_network(const std::string& id) { return refusal(404, "network " + id + " not found"); }

std::string text_of(const Network& network) {
    const auto flag = [](bool is) { return is ? "true" : "false"; };
    const std::string gateway =
        network.gateway.empty() ? "" : ",\"Gateway\":" + json::string_text(network.gateway);
    const std::string pools =
        network.subnet.empty() ? "" : "{\"Subnet\":" + json::string_text(network.subnet) + gateway + "}";
    return "{\"Name\":" + json::string_text(network.name) + ",\"Id\":" + json::string_text(network.id) +
           ",\"Driver\":" + json::string_text(network.driver) + ",\"EnableIPv6\":" + flag(network.ipv6) +
           ",\"IPAM\":{\"Driver\":\"default\",\"Options\":null,\"Config\":[" + pools +
           "]},\"Internal\":" + flag(network.internal) + ",\"Attachable\":" + flag(network.attachable) +
           ",\"Options\":" + network.options + ",\"Labels\":" + json::text_of(network.labels) + "}";
}

std::string parse_subnet(const Value& body) {
    const Value& pools = json::at(json::at(body, "IPAM"), "Config");
    return pools.IsArray() && !pools.Empty() ? json::string_at(pools[0], "Subnet") : "";
}

bool bool_at(const Value& body, const char* key) {
    const Value& value = json::at(body, key);
    return value.IsBool() && value.GetBool();
}

}  // namespace

namespace {

/// The answer to connecting or disconnecting a container that does not exist.
HttpResponse refuse_unknown_container(const std::string& verb, const std::string& id, const Network* network,
                                      const Value& body) {
    const std::string of = json::string_at(body, "Container");
    if (verb == "connect" || !bool_at(body, "Force")) return refusal(404, "No such container: " + of);
    return network == nullptr ? no_such_network(id) : refusal(404, "endpoint " + of + " not found");
}

}  // namespace

bool is_predefined(const std::string& network) {
    return network == "bridge" || network == "host" || network == "none";
}

HttpResponse Engine::on_network(const Request& request, Caller caller, Reply& reply) {
    const std::string& id = request.part(1);
    const std::string& verb = request.part(2);
    if (id.empty()) return list_networks();
    if (id == "create") return create_network(request, caller, reply);
    if (const std::string why = ambiguity(id); !why.empty()) return refusal(400, why);
    Network* const network = find_network(id);
    if (request.method == "DELETE") {
        if (network == nullptr) return no_such_network(id);
        check_foreign_access(network->is_foreign, caller, "remove network " + network->name);
        return remove_network(*network);
    }
    const json::Document body = json::parse(request.body);
    const std::string of = json::string_at(body, "Container");
    Container* const container = find(of);
    if (container == nullptr) return refuse_unknown_container(verb, id, network, body);
    check_foreign_access(container->is_foreign, caller, verb + " " + container->name);
    if (container->removing)
        return refusal(403,
                       "Container " + container->id +
                           " is marked for removal and cannot be connected or disconnected to the network");
    const bool forced = bool_at(body, "Force");
    if (verb == "connect" && !container->alive())
        return connect_stopped(*container, network, id, json::at(body, "EndpointConfig"));
    if (verb == "disconnect" && (!container->alive() || (network == nullptr && forced)))
        return disconnect_stopped(*container, network, id);
    if (network == nullptr) return no_such_network(id);
    if (verb == "connect") return connect(*network, *container, json::at(body, "EndpointConfig"));
    if (verb == "disconnect") return disconnect(*network, *container);
    return refusal(404, "page not found");
}

HttpResponse Engine::list_networks() const {
    std::string list = "[";
    for (const auto& [id, network] : networks) list += (list.size() > 1 ? "," : "") + text_of(network);
    return {200, list + "]"};
}

/// The engine looks for a network of that name before it makes this one, not when it has made it: two
/// requests that overlap make two networks.
HttpResponse Engine::create_network(const Request& request, Caller caller, Reply& reply) {
    const json::Document body = json::parse(request.body);
    Network network{.id = next_id(), .name = json::string_at(body, "Name")};
    if (find_network(network.name) != nullptr)
        return refusal(409, "network with name " + network.name + " already exists");
    network.is_foreign = caller == Caller::foreign_client;
    network.labels = json::texts_at(body, "Labels");
    network.subnet = parse_subnet(body);
    const bool overlaps = !network.subnet.empty() &&
                          std::any_of(networks.begin(), networks.end(),
                                      [&](const auto& each) { return each.second.subnet == network.subnet; });
    if (network.subnet.empty()) {
        const std::string prefix = "172." + std::to_string(next_subnet_++) + ".0.";
        network.subnet = prefix + "0/16";
        network.gateway = prefix + "1";
    }
    if (overlaps) return refusal(403, "Pool overlaps with other one on this address space");
    if (body.HasMember("Options")) network.options = json::text_of(body["Options"]);
    if (const std::string driver = json::string_at(body, "Driver"); !driver.empty()) network.driver = driver;
    network.internal = bool_at(body, "Internal");
    network.attachable = bool_at(body, "Attachable");
    network.ipv6 = bool_at(body, "EnableIPv6");
    Schedule& schedule = Schedule::current();
    const bool is_slow = caller == Caller::daemon && schedule.random.one_in(slow_creation);
    if (!is_slow) return store_network(std::move(network));
    schedule.after(schedule.random.up_to(longest_creation),
                   [this, network, reply = std::exchange(reply, {}), epoch = epoch_] {
                       // The wire drops the answer of an engine that has ended meanwhile.
                       reply(epoch == epoch_ ? store_network(network) : refusal(500, "the engine has ended"));
                   });
    return {201, ""};
}

HttpResponse Engine::store_network(Network network) {
    const std::string id = network.id;
    events.emit("network", "create", id, {{"name", network.name}, {"type", network.driver}});
    networks[id] = std::move(network);
    return {201, "{\"Id\":\"" + id + "\",\"Warning\":\"\"}"};
}

HttpResponse Engine::remove_network(Network& network) {
    if (is_predefined(network.name))
        return refusal(403, network.name + " is a pre-defined network and cannot be removed");
    if (is_attached(network))
        return refusal(403, "error while removing network: network " + network.name + " id " + network.id +
                                " has active endpoints");
    const std::string id = network.id, name = network.name;
    networks.erase(id);
    events.emit("network", "destroy", id, {{"name", name}});
    return {204, ""};
}

/// Why a container cannot be connected to this network in addition to its others; "" if it can.
static std::string conflict(const Container& container, const Network& network) {
    const std::string mode = json::string_at(container.host_config, "NetworkMode");
    if (mode == network.name) return "";
    if (mode == "host" || mode.starts_with("container:"))
        return "container sharing network namespace with another container or host cannot be connected to "
               "any other network";
    if (container.networks.contains("none"))
        return "container cannot be connected to multiple networks with one of the networks in private "
               "(none) mode";
    return "";
}

HttpResponse Engine::connect(Network& network, Container& container, const Value& asked) {
    if (const std::string why = conflict(container, network); !why.empty()) return refusal(400, why);
    const auto known = container.networks.find(network.name);
    if (known != container.networks.end())
        return refusal(403,
                       "endpoint with name " + container.name + " already exists in network " + network.name);
    Endpoint endpoint = parse_endpoint(asked);
    add_default_aliases(container, endpoint, network.name);
    endpoint.network_id = network.id;
    container.networks[network.name] = std::move(endpoint);
    events.emit("network", "connect", network.id, {{"container", container.id}, {"name", network.name}});
    return {200, ""};
}

/// Connects a container that does not run: it joins when it starts, and the network need not exist before.
HttpResponse Engine::connect_stopped(Container& container, const Network* network, const std::string& id,
                                     const Value& asked) {
    const std::string why = network == nullptr ? "" : conflict(container, *network);
    if (!why.empty()) return refusal(400, why);
    const bool stays = asked.IsNull() && container.networks.contains(network == nullptr ? id : network->name);
    if (stays) return {200, ""};
    Endpoint endpoint = parse_endpoint(asked);
    if (network != nullptr) add_default_aliases(container, endpoint, network->name);
    container.networks[network == nullptr ? id : network->name] = std::move(endpoint);
    return {200, ""};
}

HttpResponse Engine::disconnect_stopped(Container& container, const Network* network, const std::string& id) {
    const std::string name = network == nullptr ? id : network->name;
    if (container.networks.erase(name) == 0)
        return refusal(500, "container " + container.id + " is not connected to the network " + name);
    if (network != nullptr)
        events.emit("network", "disconnect", network->id, {{"container", container.id}, {"name", name}});
    return {200, ""};
}

HttpResponse Engine::disconnect(Network& network, Container& container) {
    if (container.networks.erase(network.name) == 0)
        return refusal(403, "container " + container.id + " is not connected to network " + network.name);
    for (int sent = 0; sent < 2; ++sent)  // once for the endpoint's removal, once for the call's end
        events.emit("network", "disconnect", network.id,
                    {{"container", container.id}, {"name", network.name}});
    return {200, ""};
}

}  // namespace dockerext::sim
