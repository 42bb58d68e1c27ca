#pragma once

#include "base/error.hpp"
#include "model/plan.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::plan {

/// Top-level keys, and what each is set to, as JSON text.
using JsonKeys = std::map<std::string, std::string>;

/// The keys of daemon.json that are ours, and the value that somebody else had there before; none where there
/// was none.
using OwnedKeys = std::map<std::string, std::optional<std::string>>;

/// What happens to one key: from `have` to `want`, as JSON text, none where it is absent.
struct KeyChange {
    std::string key;
    std::optional<std::string> have, want;
    bool operator==(const KeyChange&) const = default;
};

struct DaemonJson {
    /// The file as it is to be; to the byte as it is where `keys` is empty. None when no file is wanted.
    std::optional<std::string> text;
    std::vector<KeyChange> keys;
    std::vector<model::Change> changes;  ///< the same for people: "engine.config.log-driver"
    /// To be stored before the file is written, or after a crash what we wrote would count as somebody
    /// else's.
    OwnedKeys owned;
    /// Proxies, and some log drivers, are set with passwords: a file made for them is root's alone.
    bool may_hold_secrets = false;
};

/// Whether a key's value, or options of dockerd, may hold a password: proxies and some log drivers are set
/// with one.
bool may_be_secret(std::string_view text);

/// The keys of docker.config; null counts as absent.
Result<JsonKeys> wanted_keys(std::string_view config);

/// daemon.json with `wanted` in it. Only keys of ours change; one that is no longer wanted goes, or gets back
/// what somebody else had there. All other keys keep their order and their very text. A file that dockerd
/// could not read, and one with a key twice, is an error (`invalid_input`) and to be left alone; where
/// nothing is or was wanted, the file is not looked at.
Result<DaemonJson> merge_daemon_json(std::optional<std::string_view> present, const JsonKeys& wanted,
                                     const OwnedKeys& owned);

/// An error for a daemon.json that dockerd could not start with, as `merge_daemon_json` says it.
Result<> require_readable(std::string_view present);

/// Whether a running dockerd takes all of these changes on SIGHUP.
bool can_reload(std::span<const KeyChange> keys, std::string_view engine_version);

}  // namespace dockerext::plan
