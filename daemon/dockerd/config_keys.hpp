#pragma once

#include "base/json_cursor.hpp"
#include "dockerd/command_line.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::dockerd {

/// A key of daemon.json, as dockerd counts keys: each key within an object that only groups keys ("proxies")
/// counts on its own.
struct ConfigKey {
    std::string name;
    std::string pointer;  ///< JSON pointer in its document
    bool operator==(const ConfigKey&) const = default;
};

/// Empty for anything but an object.
std::vector<ConfigKey> config_keys(const JsonCursor& config);

/// An option that both a flag and a key set. dockerd then refuses to start, even if both values are the same.
struct OptionConflict {
    std::size_t flag = 0;  ///< indexes into the arguments of `option_conflicts`
    std::size_t key = 0;
    bool operator==(const OptionConflict&) const = default;
};
std::vector<OptionConflict> option_conflicts(std::span<const GivenFlag> flags,
                                             std::span<const ConfigKey> keys);

enum class KeyEdit { set, removed };

/// Whether a running dockerd applies a change of the top-level `key` of daemon.json on SIGHUP. For many keys
/// it applies a new value, but keeps the old one when the key is removed. `engine_version` is as the engine
/// reports it: "20.10.24+dfsg1". True for `features`, although dockerd reads some of them only at its start.
bool is_reloadable(std::string_view key, KeyEdit edit, std::string_view engine_version);

}  // namespace dockerext::dockerd
