#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

std::map<std::string, std::int64_t> limits_of(const std::vector<ThrottleDevice>& devices) {
    std::map<std::string, std::int64_t> limits;
    for (const ThrottleDevice& device : devices) limits[device.path] = device.rate.count;
    return limits;
}

void apply_blkio(const Service& from, const Naming&, model::Service& into) {
    if (!from.blkio_config) return;
    model::BlockIo& io = into.container.block_io;
    model::set_from(from.blkio_config->weight, io.weight);
    for (const WeightDevice& device : from.blkio_config->weight_device)
        io.device_weights[device.path] = device.weight;
    io.read_bps = limits_of(from.blkio_config->device_read_bps);
    io.write_bps = limits_of(from.blkio_config->device_write_bps);
    io.read_iops = limits_of(from.blkio_config->device_read_iops);
    io.write_iops = limits_of(from.blkio_config->device_write_iops);
}

/// Compose writes both members, whatever their values.
template <auto member>
void write_always(const OwnerOf<member>& from, std::string_view name, CanonicalJson& json) {
    json.key(name);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(from.*member)>, std::string>)
        json.string(from.*member);
    else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(from.*member)>, model::Bytes>)
        json.string(std::to_string((from.*member).count));
    else json.number(from.*member);
}

constexpr std::array weight_fields = std::to_array<Field<WeightDevice>>({
    {"path", read_member<&WeightDevice::path>},
    {"weight", read_member_by<&WeightDevice::weight, read_within<0, 65535>>},
});
constexpr std::array throttle_fields = std::to_array<Field<ThrottleDevice>>({
    {"path", read_member<&ThrottleDevice::path>},
    {"rate", read_member<&ThrottleDevice::rate>},
});
/// In the hash, these two have the names of Compose's internal members.
constexpr std::array weight_hash = std::to_array<Field<WeightDevice>>({
    {"Path", nullptr, write_always<&WeightDevice::path>},
    {"Weight", nullptr, write_always<&WeightDevice::weight>},
});
constexpr std::array throttle_hash = std::to_array<Field<ThrottleDevice>>({
    {"Path", nullptr, write_always<&ThrottleDevice::path>},
    {"Rate", nullptr, write_always<&ThrottleDevice::rate>},
});

template <typename Item, std::size_t N>
void write_items(const std::vector<Item>& items, const std::array<Field<Item>, N>& fields,
                 std::string_view name, CanonicalJson& json) {
    if (items.empty()) return;
    json.key(name);
    json.open_array();
    for (const Item& item : items) write_fields(item, std::span<const Field<Item>>(fields), json);
    json.close_array();
}

template <auto member>
void write_throttles(const BlkioConfig& from, std::string_view name, CanonicalJson& json) {
    write_items(from.*member, throttle_hash, name, json);
}
void write_weights(const BlkioConfig& from, std::string_view name, CanonicalJson& json) {
    write_items(from.weight_device, weight_hash, name, json);
}

}  // namespace

Table<WeightDevice> table_of(const WeightDevice*) { return {"a weighted device", weight_fields}; }
Table<ThrottleDevice> table_of(const ThrottleDevice*) { return {"a throttled device", throttle_fields}; }

namespace {

template <auto member>
constexpr Field<BlkioConfig> throttles(std::string_view name) {
    return {name, read_member<member>, write_throttles<member>};
}

constexpr std::array blkio_fields = std::to_array<Field<BlkioConfig>>({
    field<&BlkioConfig::weight, read_within<0, 65535>>("weight"),
    {"weight_device", read_member<&BlkioConfig::weight_device>, write_weights},
    throttles<&BlkioConfig::device_read_bps>("device_read_bps"),
    throttles<&BlkioConfig::device_read_iops>("device_read_iops"),
    throttles<&BlkioConfig::device_write_bps>("device_write_bps"),
    throttles<&BlkioConfig::device_write_iops>("device_write_iops"),
});

}  // namespace

Table<BlkioConfig> table_of(const BlkioConfig*) { return {"blkio_config", blkio_fields}; }

std::span<const Key> blkio_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::blkio_config>("blkio_config"), apply_blkio},
    });
    return keys;
}

}  // namespace dockerext::compose
