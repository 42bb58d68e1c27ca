#pragma once

#include "compose/project.hpp"
#include "model/stack.hpp"

namespace dockerext::compose {

/// Converts a resolved and consistent project, whose configs and secrets have their content, to what
/// `docker stack deploy` asks of a swarm. Networks, configs and secrets that no service uses are left out.
model::Stack to_stack(const Project& project);

}  // namespace dockerext::compose
