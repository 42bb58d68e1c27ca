#pragma once

#include "base/json_cursor.hpp"
#include "model/dockerd_command.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::model {

/// A key of daemon.json as dockerd counts them: those within an object that only groups them ("proxies")
/// each count as one.
struct ConfigKey {
    std::string name;
    std::string pointer;  ///< in its document
    bool operator==(const ConfigKey&) const = default;
};

/// None for anything but an object.
std::vector<ConfigKey> config_keys(const JsonCursor& config);

/// One thing set twice: by a flag and by a key. dockerd refuses to start, even where both say the same.
struct OptionConflict {
    std::size_t flag = 0;  ///< indexes
    std::size_t key = 0;
    bool operator==(const OptionConflict&) const = default;
};
std::vector<OptionConflict> clashes(std::span<const GivenFlag> flags, std::span<const ConfigKey> keys);

enum class KeyFate { set, removed };

/// Whether a running dockerd takes a change of the top-level `key` from daemon.json on SIGHUP. Of many keys
/// it takes a new value, but keeps the old one when the key goes. `engine_version` as the engine tells it:
/// "20.10.24+dfsg1". Of `features` it is true, though dockerd looks at some of them only when it starts.
bool is_reloadable(std::string_view key, KeyFate fate, std::string_view engine_version);

}  // namespace dockerext::model
