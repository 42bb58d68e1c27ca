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

namespace dockerext::plan {

/// Registries by their keys (model/registry), each with its "auth".
using WantedLogins = std::map<std::string, Secret>;

struct RegistryCredentials {
    std::optional<Secret> text;  ///< the file as it is to be; none when it is right as it is
    /// Entries that are ours, to be stored before the file is written. Not among them: those that somebody
    /// else wrote, and just as we would have.
    std::set<std::string> owned;
    std::vector<model::Change> changes;  ///< "registry.example.com", without values
    std::vector<std::string> notes;      ///< what is wanted and left to a credential helper, for people
};

/// docker's config.json with `wanted` among its logins. Entries of others and members that are none of ours
/// stay as they are; an entry of ours that is not wanted any more goes. What docker itself would ask a
/// credential helper or store for is not written. A file that cannot be read is an error (`invalid_input`)
/// and to be left alone. No error, change or note tells a secret.
Result<RegistryCredentials> merge_credentials(std::optional<std::string_view> present,
                                              const WantedLogins& wanted, const std::set<std::string>& owned);

}  // namespace dockerext::plan
