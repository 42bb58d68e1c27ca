#pragma once

#include "compose/diagnostics.hpp"
#include "compose/project.hpp"

namespace dockerext::compose {

/// Reports a dependency that a service would wait for forever. If the dependency is not required, nothing
/// waits for it, and the report is a warning. Only the planner knows whether an image has a health check.
void check_waits(const Project& project, Diagnostics& diagnostics);

}  // namespace dockerext::compose
