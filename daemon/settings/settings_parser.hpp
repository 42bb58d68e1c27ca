#pragma once

#include "base/problem.hpp"
#include "model/observed.hpp"
#include "model/settings.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dockerext::settings {

/// Settings exactly when there is no problem.
struct Parsed {
    std::optional<model::Settings> settings;
    std::vector<Problem> problems;  ///< of both documents; those of the protected one begin with "/protected"
    /// What could be read where there are problems: enough to look for those of `compose` as well.
    model::Settings readable;
    bool all_variables = true;  ///< both environments could be read to the end
};

/// Reads both documents of the settings contract (config/settings.md). Comments and trailing commas are
/// allowed; an empty text is an empty document. The member `compose` is only checked to be an object or a
/// string; room compose reads it.
/// `now` is given when the settings are new: then their certificates have to be valid at that time. Those
/// that were accepted before are read without it, for else an expired certificate would make a daemon forget
/// at its next start what it was told.
Parsed parse_settings(std::string_view public_text, std::string_view protected_text,
                      std::optional<model::WallTime> now = std::nullopt);

}  // namespace dockerext::settings
