#include "plan/text_of.hpp"

#include "base/joined.hpp"

#include <array>
#include <cstdio>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr const char* unset = "(unset)";

template <typename Range, typename Text = std::identity>
std::string listed(const Range& range, Text text = {}) {
    return text_of(joined(range, ", ", std::move(text)));
}

}  // namespace

std::string text_of(const std::string& value) { return value.empty() ? unset : value; }
std::string text_of(const std::vector<std::string>& values) { return listed(values); }
std::string text_of(const std::set<std::string>& values) { return listed(values); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(std::chrono::seconds time) { return std::to_string(time.count()) + "s"; }
std::string text_of(std::chrono::microseconds time) { return std::to_string(time.count()); }
std::string text_of(std::nullopt_t) { return unset; }

std::string text_of(const std::optional<std::vector<std::string>>& values) {
    if (!values) return unset;
    return text_of(joined(*values, " "));
}

std::string text_of(const std::map<std::string, std::string>& values) {
    return listed(values, [](const auto& entry) { return entry.first + "=" + entry.second; });
}

std::string text_of(Bytes bytes) {
    constexpr std::array<const char*, 4> units = {"", "k", "m", "g"};
    std::size_t unit = 0;
    std::int64_t count = bytes.count;
    for (; unit + 1 < units.size() && count % 1024 == 0; ++unit) count /= 1024;
    return std::to_string(count) + units[unit];
}

std::string text_of(const Limit<Bytes>& limit) {
    const Bytes* const bytes = std::get_if<Bytes>(&limit);
    return bytes ? text_of(*bytes) : "unlimited";
}

std::string text_of(std::int64_t number) { return std::to_string(number); }

std::string text_of(const std::vector<Device>& devices) {
    return listed(devices, [](const Device& each) {
        return each.host_path + ":" + each.container_path + ":" + each.permissions;
    });
}

std::string text_of(const std::vector<DeviceRequest>& requests) {
    return listed(requests, [](const DeviceRequest& each) {
        const auto* ids = std::get_if<DeviceRequest::Ids>(&each.which);
        const auto* count = std::get_if<std::int64_t>(&each.which);
        const std::string which = ids ? text_of(*ids) : count ? text_of(*count) : "all";
        return which + " of " + text_of(each.capabilities);
    });
}

std::string text_of(const BlockIo& io) {
    const auto part = [](const char* what, const std::map<std::string, std::int64_t>& limits) {
        const auto text = [](const auto& entry) { return entry.first + "=" + std::to_string(entry.second); };
        return limits.empty() ? "" : what + listed(limits, text);
    };
    std::string text = io.weight ? " weight=" + text_of(*io.weight) : "";
    text += part(" weight of ", io.device_weights) + part(" read_bps ", io.read_bps) +
            part(" write_bps ", io.write_bps) + part(" read_iops ", io.read_iops) +
            part(" write_iops ", io.write_iops);
    return text.empty() ? unset : text.substr(1);
}

std::string text_of(NanoCpus cpus) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%g", static_cast<double>(cpus.count) / 1e9);
    return text.data();
}

std::string text_of(const RestartPolicy& policy) {
    const std::string name(to_string(policy.kind));
    const bool limited = policy.kind == RestartPolicy::Kind::on_failure && policy.max_retries;
    return limited ? name + ":" + std::to_string(*policy.max_retries) : name;
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
    return listed(bindings, [](const auto& entry) {
        return listed(entry.second, [&](const PortBinding& binding) {
            const std::string host = binding.host_ip.empty() ? "" : binding.host_ip + ":";
            return host + binding.host_port + "->" + entry.first;
        });
    });
}

std::string text_of(const std::map<std::string, Ulimit>& limits) {
    return listed(limits, [](const auto& entry) {
        return entry.first + "=" + text_of(entry.second.soft) + ":" + text_of(entry.second.hard);
    });
}

std::string text_of(const Logging& logging) {
    return logging.driver + (logging.options.empty() ? "" : " (" + text_of(logging.options) + ")");
}

}  // namespace dockerext::plan
