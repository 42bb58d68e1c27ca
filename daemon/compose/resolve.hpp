#pragma once

#include "compose/interpolate.hpp"
#include "compose/project.hpp"

#include <string>

namespace dockerext::compose {

/// Fills in what the document leaves to Compose: variables without a value, absolute paths, the default
/// network, implicit dependencies, profiles, and the names in the engine. Runs before the checks.
void resolve(Project& project, const Environment& environment, const std::string& directory,
             Diagnostics& diagnostics);

}  // namespace dockerext::compose
