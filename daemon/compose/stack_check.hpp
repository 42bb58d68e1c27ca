#pragma once

#include "compose/project.hpp"

namespace dockerext::compose {

/// Reports what the engine would refuse to make a stack of: names, sizes of configs and secrets, networks,
/// mounts, and what check_stack_service() reports. The project is resolved; not all references may be valid.
void check_stack(const Project& project, Diagnostics& diagnostics);

}  // namespace dockerext::compose
