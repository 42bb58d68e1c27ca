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

/// What is checked beyond the documents' form. Of settings that were accepted before, nothing: otherwise a
/// daemon would lose its settings at a restart after a certificate expired, or at an upgrade that knows more.
struct Checks {
    std::optional<model::WallTime> certificates_at{};  ///< certificates have to be valid then
    bool engine_options = false;                       ///< dockerd has to know the options and their values
};
inline Checks checks_of_new_settings(model::WallTime now) { return {now, true}; }

/// Reads both documents of the settings contract (config/settings.md). Comments and trailing commas are
/// allowed; an empty text is an empty document. The member `compose` is only checked to be an object or a
/// string; room compose reads it.
Parsed parse_settings(std::string_view public_text, std::string_view protected_text, Checks checks = {});

}  // namespace dockerext::settings
