#pragma once

#include "compose/load.hpp"
#include "compose/project.hpp"

namespace dockerext::compose {

/// Checks that the parts of a resolved project fit together: references, cycles, names, mounts.
void check_consistency(const Project& project, Form form, Diagnostics& diagnostics);

}  // namespace dockerext::compose
