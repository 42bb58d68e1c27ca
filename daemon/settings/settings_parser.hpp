#pragma once

#include "base/problem.hpp"
#include "model/observed.hpp"
#include "model/settings.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dockerext::settings {

/// Contains settings if and only if there is no problem.
struct Parsed {
    std::optional<model::Settings> settings;
    std::vector<Problem> problems;  ///< of both documents; those of the protected one begin with "/protected"
    /// What could be read despite problems; enough to find those of `compose` as well.
    model::Settings readable;
    bool all_variables = true;  ///< both environments were read completely
};

/// Reads both documents of the settings contract (config/settings.md). Comments and trailing commas are
/// allowed; an empty text is an empty document. The member `compose` is only checked to be an object or a
/// string; room compose reads it.
/// Pass `now` for new settings: their certificates have to be valid at that time. Read accepted settings
/// without it. Otherwise a daemon would lose its settings at a restart after a certificate expired.
Parsed parse_settings(std::string_view public_text, std::string_view protected_text,
                      std::optional<model::WallTime> now = std::nullopt);

}  // namespace dockerext::settings
