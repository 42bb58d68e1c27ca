#pragma once

#include "base/error.hpp"
#include "model/plan.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::dockerd {

/// Top-level keys and their values, as JSON text.
using JsonKeys = std::map<std::string, std::string>;

/// The keys of daemon.json that the daemon has set, each with the value that it replaced; none if the key was
/// absent.
using OwnedKeys = std::map<std::string, std::optional<std::string>>;

/// The change of one key from `have` to `want`, as JSON text; none where the key is absent.
struct KeyChange {
    std::string key;
    std::optional<std::string> have, want;
    bool operator==(const KeyChange&) const = default;
};

struct DaemonJson {
    /// The desired content of the file; identical to the present one when `keys` is empty. None when no file
    /// is wanted.
    std::optional<std::string> text;
    std::vector<KeyChange> keys;
    std::vector<model::Change> changes;  ///< the same, for display: "engine.config.log-driver"
    /// Has to be stored before the file is written. Otherwise, after a crash, the daemon would take the keys
    /// that it wrote for someone else's.
    OwnedKeys owned;
    /// Proxies and some log drivers are configured with passwords: a file with them is readable by root only.
    bool can_contain_secrets = false;
};

/// Whether a key's value, or options of dockerd, may hold a password. Proxies and some log drivers are
/// configured with one.
bool can_contain_secret(std::string_view text);

/// Of a command line or an environment: also if it sets a proxy (--http-proxy, HTTPS_PROXY), whose address
/// may contain a password in any form.
bool is_sensitive(std::string_view text);

/// The keys of docker.config; null counts as absent.
Result<JsonKeys> desired_keys(std::string_view config);

/// Merges `desired` into daemon.json. Only keys that the daemon owns change: one that is no longer wanted is
/// removed, or gets back the value that it had before. All other keys keep their order and their exact text.
/// A file that dockerd could not read, or that has a key twice, is an error (`invalid_input`) and must be
/// left alone. `present` is ignored when nothing is or was wanted.
Result<DaemonJson> merge_daemon_json(std::optional<std::string_view> present, const JsonKeys& desired,
                                     const OwnedKeys& owned);

/// Fails for a daemon.json with which dockerd could not start, with the same error as `merge_daemon_json`.
Result<> require_readable(std::string_view present);

/// Whether a running dockerd applies all of these changes on SIGHUP.
bool can_reload(std::span<const KeyChange> keys, std::string_view engine_version);

}  // namespace dockerext::dockerd
