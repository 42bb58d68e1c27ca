#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"
#include "model/plan.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::dockerd {

/// The wanted logins by registry key (model/registry), each with its "auth".
using DesiredLogins = std::map<std::string, Secret>;

struct RegistryCredentials {
    std::optional<Secret> text;  ///< desired content of the file; none when it needs no change
    /// The entries that the daemon owns, to be stored before the file is written. An entry that someone else
    /// wrote is not among them, even if it equals the wanted one.
    std::set<std::string> owned;
    std::vector<model::Change> changes;  ///< "registry.example.com", without values
    std::vector<std::string> notes;  ///< for display: the wanted logins that are left to a credential helper
};

/// Merges `desired` into the logins of docker's config.json. Entries and members that the daemon does not own
/// stay unchanged; an entry that it owns and that is no longer wanted is removed. A login for which docker
/// would ask a credential helper or store is not written. A file that cannot be read is an error
/// (`invalid_input`) and must be left alone. No error, change or note contains a secret.
Result<RegistryCredentials> merge_credentials(std::optional<std::string_view> present,
                                              const DesiredLogins& desired,
                                              const std::set<std::string>& owned);

}  // namespace dockerext::dockerd
