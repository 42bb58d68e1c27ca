#pragma once

#include "plan/swarm_work.hpp"

namespace dockerext::plan {

/// For the node that leads the swarm. Plans the settings of the swarm itself, and reports them.
void plan_cluster(SwarmWork& work);

}  // namespace dockerext::plan
