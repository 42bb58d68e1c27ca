#pragma once

#include "compose/diagnostics.hpp"
#include "compose/project.hpp"

namespace dockerext::compose {

/// What a service would wait for without end is a problem; a warning where the dependency is not required,
/// for then it is not waited for. Whether an image brings a health check is only known to the planner.
void check_waits(const Project& project, Diagnostics& diagnostics);

}  // namespace dockerext::compose
