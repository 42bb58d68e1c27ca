#pragma once

#include "plan/swarm_work.hpp"

namespace dockerext::plan {

/// Plans how a machine that is not an active member of a swarm becomes one: it initializes the swarm, joins
/// it, or unlocks its engine, or holds with the reason.
void plan_membership(SwarmWork& work);

}  // namespace dockerext::plan
