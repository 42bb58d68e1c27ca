#include "compose/device_request.hpp"
#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr std::array device_fields = std::to_array<Field<DeviceMapping>>({
    field<&DeviceMapping::source>("source"),
    field<&DeviceMapping::target>("target"),
    field<&DeviceMapping::permissions>("permissions"),
});

}  // namespace

Table<DeviceMapping> table_of(const DeviceMapping*) { return {"a device", device_fields}; }

namespace {

/// Reads "SRC[:DST[:rwm]]"; the second of two parts may be permissions (docker/cli: ParseDevice).
void read_short(const Node& node, DeviceMapping& into, Diagnostics& diagnostics) {
    const std::string& text = *node.text();
    const std::size_t first = text.find(':');
    const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
    into.source = text.substr(0, first);
    into.target = into.source;
    into.permissions = "rwm";
    if (into.source.empty()) return diagnostics.problem(node, "a device needs a path on the host");
    if (first == std::string::npos) return;
    const std::string middle =
        text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
    if (!middle.empty()) into.target = middle;
    if (second == std::string::npos) return;
    into.permissions = text.substr(second + 1);
    if (into.permissions.find(':') != std::string::npos) {
        diagnostics.problem(node, "expected SOURCE[:TARGET[:PERMISSIONS]], found '" + text + "'");
    }
}

void read_devices(const Node& node, std::vector<DeviceMapping>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    for (const Node& item : *list) {
        DeviceMapping& device = into.emplace_back();
        if (item.text()) {
            read_short(item, device, diagnostics);
            continue;
        }
        read(item, device, diagnostics);
        if (item.map() && device.source.empty())
            diagnostics.problem(item, "'source', the path on the host, is missing");
        if (item.map() && device.target.empty())
            diagnostics.problem(item, "'target', the path in the container, is missing");
    }
}

/// Whether the device has a name of the Container Device Interface, "vendor.com/class=name".
bool is_cdi(const DeviceMapping& device) {
    return !device.source.starts_with('/') && device.source.find('/') != std::string::npos &&
           device.source.find('=') != std::string::npos;
}

void apply_devices(const Service& from, const Naming&, model::Service& into) {
    std::vector<std::string> cdi;
    for (const DeviceMapping& device : from.devices) {
        if (is_cdi(device)) cdi.push_back(device.source);
        else into.container.devices.push_back({device.source, device.target, device.permissions});
    }
    if (!cdi.empty()) into.container.device_requests.push_back({.driver = "cdi", .which = std::move(cdi)});
}

void read_gpus(const Node& node, std::vector<DeviceRequest>& into, Diagnostics& diagnostics) {
    if (!node.text()) return read_device_requests(node, into, diagnostics);
    if (*node.text() != "all")
        diagnostics.problem(node, "expected all, or a list, found '" + *node.text() + "'");
    into.push_back({.count = -1});
}

void apply_gpus(const Service& from, const Naming&, model::Service& into) {
    for (const DeviceRequest& gpu : from.gpus) {
        model::DeviceRequest request = to_model(gpu);
        request.capabilities.emplace_back("gpu");
        into.container.device_requests.push_back(std::move(request));
    }
}

using model::ContainerSpec;

}  // namespace

std::span<const Key> device_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::devices, read_devices>("devices"), apply_devices},
        {field<&Service::gpus, read_gpus>("gpus"), apply_gpus},
        {field<&Service::device_cgroup_rules>("device_cgroup_rules"),
         copy_member<&Service::device_cgroup_rules, &ContainerSpec::device_cgroup_rules>},
    });
    return keys;
}

}  // namespace dockerext::compose
