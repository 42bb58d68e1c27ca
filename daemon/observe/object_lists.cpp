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

model::ObservedVolume read_volume(ObjectReader& json, Problems& problems) {
    return {.name = {text_in(json, "Name")},
            .labels = text_map_in(json, "Labels", problems),
            .driver = text_in(json, "Driver"),
            .driver_options = text_map_in(json, "Options", problems)};
}

/// Reads each object separately, so that an unreadable one does not hide the others. Skips objects without a
/// name.
template <typename Object>
Listed<Object> read_each(const std::vector<JsonCursor>& items, Object (*read)(ObjectReader&, Problems&)) {
    Listed<Object> listed;
    for (const JsonCursor& item : items) {
        Problems problems;
        ObjectReader reader(item, problems);
        Object object = read(reader, problems);
        const std::string name = object.name.value;
        auto whole = unless_problems(std::move(object), problems);
        if (whole) listed.objects.push_back(std::move(*whole));
        else listed.unreadable.emplace(name, whole.error());
    }
    return listed;
}

}  // namespace

Result<Listed<model::ObservedNetwork>> read_networks(const JsonCursor& list) {
    const auto items = list.items();
    if (!items) return items.error();
    return read_each(*items, read_network);
}

Result<Listed<model::ObservedVolume>> read_volumes(const JsonCursor& list) {
    Problems problems;
    ObjectReader reader(list, problems);
    const auto volumes = reader.take("Volumes");
    if (!volumes) return unless_problems(Listed<model::ObservedVolume>(), problems);
    const auto items = volumes->items();
    if (!items) return items.error();
    return read_each(*items, read_volume);
}

}  // namespace dockerext::observe
