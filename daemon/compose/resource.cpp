#include "compose/resource.hpp"

#include "compose/external.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr std::array pool_fields = std::to_array<Field<IpamPool>>({
    field<&IpamPool::subnet>("subnet"),
    field<&IpamPool::gateway>("gateway"),
    field<&IpamPool::ip_range>("ip_range"),
    field<&IpamPool::aux_addresses>("aux_addresses"),
});

/// Compose accepts ipam.options and ignores them.
void ignore_options(const Node& node, Ipam&, Diagnostics& diagnostics) {
    if (node.find("")) diagnostics.problem(node, "a key must not be empty");
    diagnostics.warn(node, "ipam options have no effect, as in Compose");
}

void read_pools(const Node& node, std::vector<IpamPool>& into, Diagnostics& diagnostics);

constexpr std::array ipam_fields = std::to_array<Field<Ipam>>({
    field<&Ipam::driver>("driver"),
    field<&Ipam::config, read_pools>("config"),
    {"options", ignore_options},
});

constexpr std::array network_fields = std::to_array<Field<Network>>({
    field<&Network::name>("name"),
    field<&Network::driver>("driver"),
    field<&Network::driver_opts, read_options>("driver_opts"),
    field<&Network::ipam>("ipam"),
    {"external", read_external<Network>, write_member<&Network::external>},
    field<&Network::internal>("internal"),
    field<&Network::attachable>("attachable"),
    field<&Network::labels>("labels"),
    field<&Network::enable_ipv4>("enable_ipv4"),
    field<&Network::enable_ipv6>("enable_ipv6"),
});

/// "x-dockerextd": {"exclusive": true}, the daemon's own extension; Compose ignores it.
void read_extension(const Node& node, Volume& into, Diagnostics& diagnostics) {
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return;
    for (const auto& [key, value] : *map) {
        if (key == "exclusive") read(value, into.exclusive, diagnostics);
        else diagnostics.unknown_key(value, key, "x-dockerextd of a volume", {"exclusive"});
    }
}

constexpr std::array volume_fields = std::to_array<Field<Volume>>({
    field<&Volume::name>("name"),
    field<&Volume::driver>("driver"),
    field<&Volume::driver_opts, read_options>("driver_opts"),
    {"external", read_external<Volume>, write_member<&Volume::external>},
    field<&Volume::labels>("labels"),
    {"x-dockerextd", read_extension},
});

}  // namespace

Table<IpamPool> table_of(const IpamPool*) { return {"an ipam pool", pool_fields}; }
Table<Ipam> table_of(const Ipam*) { return {"ipam", ipam_fields}; }
Table<Network> table_of(const Network*) { return {"a network", network_fields}; }
Table<Volume> table_of(const Volume*) { return {"a volume", volume_fields}; }

namespace {

void read_pools(const Node& node, std::vector<IpamPool>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    for (const Node& item : *list) read(item, into.emplace_back(), diagnostics);
}

template <typename Resource>
std::string document_of(const Resource& resource) {
    CanonicalJson json;
    write(resource, json);
    return json.text();
}

}  // namespace

Network read_network(const Node& node, Diagnostics& diagnostics) {
    Network network;
    if (!node.is_null()) read(node, network, diagnostics);
    return network;
}

/// Checks the folder that the local driver binds for a volume with these options.
void check_device(const Node& node, const Volume& volume, Diagnostics& diagnostics) {
    const auto options = volume.driver_opts.find("o");
    const Node* written = node.find("driver_opts");
    const Node* device = written ? written->find("device") : nullptr;
    const bool is_bind =
        options != volume.driver_opts.end() && options->second.find("bind") != std::string::npos;
    if (device && is_bind) (void)diagnostics.refuse_unset_prefix(*device);
}

Volume read_volume(const Node& node, Diagnostics& diagnostics) {
    Volume volume;
    if (!node.is_null()) read(node, volume, diagnostics);
    check_device(node, volume, diagnostics);
    const bool has_options = !volume.driver.empty() || !volume.driver_opts.empty() || !volume.labels.empty();
    if (volume.external && has_options) {
        diagnostics.problem(node, "an external volume cannot have driver, driver_opts or labels");
    }
    return volume;
}

model::NetworkSpec network_spec(const std::string& key, const Network& network) {
    model::NetworkSpec spec;
    spec.name.value = network.name;
    spec.key = key;
    spec.external = network.external;
    if (network.external) return spec;
    spec.driver = network.driver;
    spec.driver_options = network.driver_opts;
    spec.ipam_driver = network.ipam.driver;
    for (const IpamPool& pool : network.ipam.config) {
        spec.ipam_pools.push_back({pool.subnet, pool.gateway, pool.ip_range, pool.aux_addresses});
    }
    spec.internal = network.internal;
    spec.attachable = network.attachable;
    spec.enable_ipv6 = network.enable_ipv6.value_or(false);
    spec.enable_ipv4 = network.enable_ipv4;
    spec.labels = network.labels;
    return spec;
}

std::string hash_document(const Network& network) { return document_of(network); }

std::string hash_document(const Volume& volume) {
    Volume hashed = volume;
    if (hashed.driver.empty()) hashed.driver = "local";
    return document_of(hashed);
}

}  // namespace dockerext::compose
