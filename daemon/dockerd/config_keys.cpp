#include "dockerd/config_keys.hpp"

#include "dockerd/flags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace dockerext::dockerd {
namespace {

/// Keys whose object is a single value, not a group of keys.
constexpr auto object_values = std::to_array<std::string_view>({
    "builder",
    "cluster-store-opts",
    "default-network-opts",
    "default-ulimits",
    "features",
    "log-opts",
    "nri-opts",
    "runtimes",
});

/// Before major version `until_major`, dockerd applies a new value on SIGHUP; with `on_removal`, also the
/// key's removal.
struct Reloadable {
    std::string_view key;
    bool on_removal = false;
    int until_major = std::numeric_limits<int>::max();
};

constexpr auto reloadable = std::to_array<Reloadable>({
    {"allow-nondistributable-artifacts"},
    {"authorization-plugins", true},
    {"cluster-advertise", false, 23},
    {"cluster-store", false, 23},
    {"cluster-store-opts", false, 23},
    {"debug"},
    {"default-cgroupns-mode"},
    {"default-ipc-mode"},
    {"default-runtime"},
    {"default-shm-size"},
    {"features", true},
    {"insecure-registries"},
    {"labels"},
    {"live-restore"},
    {"max-concurrent-downloads", true},
    {"max-concurrent-uploads", true},
    {"max-download-attempts", true},
    {"network-diagnostic-port", true},
    {"nri-opts", true},
    {"registry-mirrors"},
    {"runtimes"},
    {"shutdown-timeout"},
});

/// 0 if the version does not begin with a number.
int major_of(std::string_view version) {
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    return major;
}

bool is_single_value(std::string_view key) {
    return std::find(object_values.begin(), object_values.end(), key) != object_values.end();
}

bool sets(const GivenFlag& given, std::string_view key) {
    const Flag* flag = find_flag(given.name);
    if (flag == nullptr) return key == given.name;
    return !flag->key.empty() && (key == flag->key || key == flag->second_key);
}

}  // namespace

std::vector<ConfigKey> config_keys(const JsonCursor& config) {
    std::vector<ConfigKey> keys;
    const auto members = config.members();
    if (!members) return keys;
    for (const auto& [name, member] : *members) {
        const auto inner = member.members();
        if (!inner || is_single_value(name)) {
            keys.push_back({name, member.pointer()});
            continue;
        }
        for (const auto& [inner_name, value] : *inner) keys.push_back({inner_name, value.pointer()});
    }
    return keys;
}

std::vector<OptionConflict> option_conflicts(std::span<const GivenFlag> flags,
                                             std::span<const ConfigKey> keys) {
    std::vector<OptionConflict> found;
    for (std::size_t flag = 0; flag < flags.size(); ++flag) {
        for (std::size_t key = 0; key < keys.size(); ++key) {
            if (sets(flags[flag], keys[key].name)) found.push_back({flag, key});
        }
    }
    return found;
}

bool is_reloadable(std::string_view key, KeyEdit edit, std::string_view engine_version) {
    const auto* known = std::find_if(reloadable.begin(), reloadable.end(),
                                     [&](const Reloadable& row) { return row.key == key; });
    if (known == reloadable.end()) return false;
    if (major_of(engine_version) >= known->until_major) return false;
    return edit == KeyEdit::set || known->on_removal;
}

}  // namespace dockerext::dockerd
