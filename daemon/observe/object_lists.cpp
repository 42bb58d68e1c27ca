#include "observe/object_lists.hpp"

#include "observe/facts_reader.hpp"

namespace dockerext::observe {
namespace {

model::IpamPool read_pool(ObjectReader& pool, Problems& problems) {
    return {.subnet = text_in(pool, "Subnet"),
            .gateway = text_in(pool, "Gateway"),
            .ip_range = text_in(pool, "IPRange"),
            .aux_addresses = text_map_in(pool, "AuxiliaryAddresses", problems)};
}

model::ObservedNetwork read_network(ObjectReader& json, Problems& problems) {
    model::ObservedNetwork network{.id = {text_in(json, "Id")},
                                   .name = {text_in(json, "Name")},
                                   .labels = text_map_in(json, "Labels", problems),
                                   .driver = text_in(json, "Driver"),
                                   .driver_options = text_map_in(json, "Options", problems),
                                   .internal = flag_in(json, "Internal"),
                                   .attachable = flag_in(json, "Attachable"),
                                   .enable_ipv6 = flag_in(json, "EnableIPv6")};
    ObjectReader ipam = object_in(json, "IPAM", problems);
    network.ipam_driver = text_in(ipam, "Driver");
    for (ObjectReader& pool : objects_in(ipam, "Config", problems)) {
        network.ipam_pools.push_back(read_pool(pool, problems));
    }
    return network;
}

}  // namespace

Result<std::vector<model::ObservedNetwork>> read_networks(const JsonCursor& list) {
    const auto items = list.items();
    if (!items) return items.error();
    Problems problems;
    std::vector<model::ObservedNetwork> networks;
    for (const JsonCursor& item : *items) {
        ObjectReader network(item, problems);
        networks.push_back(read_network(network, problems));
    }
    return unless_problems(std::move(networks), problems);
}

Result<std::vector<model::ObservedVolume>> read_volumes(const JsonCursor& list) {
    Problems problems;
    ObjectReader reader(list, problems);
    std::vector<model::ObservedVolume> volumes;
    for (ObjectReader& volume : objects_in(reader, "Volumes", problems)) {
        volumes.push_back({.name = {text_in(volume, "Name")},
                           .labels = text_map_in(volume, "Labels", problems),
                           .driver = text_in(volume, "Driver"),
                           .driver_options = text_map_in(volume, "Options", problems)});
    }
    return unless_problems(std::move(volumes), problems);
}

}  // namespace dockerext::observe
