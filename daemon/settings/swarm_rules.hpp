#pragma once

#include "base/problem.hpp"
#include "settings/docker_settings.hpp"

#include <vector>

namespace dockerext::settings {

/// Refuses what cannot go together with `swarm`, or not without it. `settings` holds what could be read of
/// both documents.
void check_swarm(const DockerPart& docker, const model::Settings& settings, Problems& problems);

/// What is valid, but hardly meant so: with places, like problems.
std::vector<Problem> swarm_warnings(const model::SwarmDesired& swarm);

}  // namespace dockerext::settings
