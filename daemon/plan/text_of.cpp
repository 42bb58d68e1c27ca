#include "plan/text_of.hpp"

#include <array>
#include <cstdio>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr const char* unset = "(unset)";

template <typename Range, typename Text>
std::string joined(const Range& range, Text text) {
    std::string all;
    for (const auto& each : range) all += (all.empty() ? "" : ", ") + text(each);
    return all.empty() ? unset : all;
}

std::string same(const std::string& value) { return value; }

}  // namespace

std::string text_of(const std::string& value) { return value.empty() ? unset : value; }
std::string text_of(const std::vector<std::string>& values) { return joined(values, same); }
std::string text_of(const std::set<std::string>& values) { return joined(values, same); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(const std::optional<bool>& value) { return value ? text_of(*value) : unset; }
std::string text_of(const std::optional<std::chrono::seconds>& value) {
    return value ? std::to_string(value->count()) + "s" : unset;
}

std::string text_of(const std::optional<std::vector<std::string>>& values) {
    if (!values) return unset;
    std::string all;
    for (const std::string& word : *values) all += (all.empty() ? "" : " ") + word;
    return text_of(all);
}

std::string text_of(const std::map<std::string, std::string>& values) {
    return joined(values, [](const auto& entry) { return entry.first + "=" + entry.second; });
}

std::string text_of(Bytes bytes) {
    if (bytes.count == 0) return unset;
    if (bytes.count < 0) return "unlimited";
    constexpr std::array<const char*, 4> units = {"", "k", "m", "g"};
    std::size_t unit = 0;
    std::int64_t count = bytes.count;
    for (; unit + 1 < units.size() && count % 1024 == 0; ++unit) count /= 1024;
    return std::to_string(count) + units[unit];
}

std::string text_of(std::int64_t number) { return number == 0 ? unset : std::to_string(number); }

std::string text_of(const std::vector<Device>& devices) {
    return joined(devices, [](const Device& each) {
        return each.host_path + ":" + each.container_path + ":" + each.permissions;
    });
}

std::string text_of(const std::vector<DeviceRequest>& requests) {
    return joined(requests, [](const DeviceRequest& each) {
        const std::string count = each.count < 0 ? "all" : std::to_string(each.count);
        return (each.ids.empty() ? count : text_of(each.ids)) + " of " + text_of(each.capabilities);
    });
}

std::string text_of(const BlockIo& io) {
    const auto part = [](const char* what, const std::map<std::string, std::int64_t>& limits) {
        const auto text = [](const auto& entry) { return entry.first + "=" + std::to_string(entry.second); };
        return limits.empty() ? "" : what + joined(limits, text);
    };
    std::string text = io.weight == 0 ? "" : " weight=" + std::to_string(io.weight);
    text += part(" weight of ", io.device_weights) + part(" read_bps ", io.read_bps) +
            part(" write_bps ", io.write_bps) + part(" read_iops ", io.read_iops) +
            part(" write_iops ", io.write_iops);
    return text.empty() ? unset : text.substr(1);
}

std::string text_of_cpus(std::int64_t nano_cpus) {
    if (nano_cpus == 0) return unset;
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%g", static_cast<double>(nano_cpus) / 1e9);
    return text.data();
}

std::string text_of(const RestartPolicy& policy) {
    const std::string name(to_string(policy.kind));
    const bool limited = policy.kind == RestartPolicy::Kind::on_failure && policy.max_retries != 0;
    return limited ? name + ":" + std::to_string(policy.max_retries) : name;
}

std::string text_of(const Mount* mount) {
    if (mount == nullptr) return unset;
    if (mount->type == Mount::Type::tmpfs) return "tmpfs";
    if (mount->type == Mount::Type::image) return "image " + mount->source + mount->subpath;
    const std::string source = mount->source.empty() ? "(anonymous)" : mount->source;
    return source + (mount->read_only ? ":ro" : ":rw") +
           (mount->selinux.empty() ? "" : "," + mount->selinux) +
           (mount->propagation.empty() ? "" : "," + mount->propagation);
}

std::string text_of(const std::map<std::string, std::vector<PortBinding>>& bindings) {
    return joined(bindings, [](const auto& entry) {
        return joined(entry.second, [&](const PortBinding& binding) {
            const std::string host = binding.host_ip.empty() ? "" : binding.host_ip + ":";
            return host + binding.host_port + "->" + entry.first;
        });
    });
}

std::string text_of(const std::map<std::string, Ulimit>& limits) {
    return joined(limits, [](const auto& entry) {
        return entry.first + "=" + std::to_string(entry.second.soft) + ":" +
               std::to_string(entry.second.hard);
    });
}

std::string text_of(const std::optional<Logging>& logging) {
    if (!logging) return unset;
    return logging->driver + (logging->options.empty() ? "" : " (" + text_of(logging->options) + ")");
}

}  // namespace dockerext::plan
