#pragma once

#include "compose/project.hpp"
#include "compose/sources.hpp"

namespace dockerext::compose {

/// Reads the files whose content the services of a stack use as configs and secrets.
void read_stack_files(Project& project, Sources& sources, Diagnostics& diagnostics);

}  // namespace dockerext::compose
