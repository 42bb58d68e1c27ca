#pragma once

#include "compose/project.hpp"

namespace dockerext::compose {

/// Warns of what `deploy` says in vain for containers of one machine: of what only Swarm applies, and of
/// values that have another effect than they say. `project` is as read from the sections.
void warn_of_deploy(const Sections& sections, const Project& project, Diagnostics& diagnostics);

}  // namespace dockerext::compose
