#pragma once

#include "compose/project.hpp"

namespace dockerext::compose {

/// Warns of what is written and has no effect in a stack, and takes it out of the project, so that no later
/// step needs to know of it. Reports what a service needs and a stack cannot give: a build, or the volumes of
/// another container. `project` is as read from the sections.
void drop_unsupported(const Sections& sections, Project& project, Diagnostics& diagnostics);

}  // namespace dockerext::compose
