#pragma once

#include "base/error.hpp"
#include "model/plan.hpp"
#include "model/swarm.hpp"

namespace dockerext::plan {

/// How an operator gets a swarm again whose managers are lost (`dockerextd swarm recover`): a manager without
/// a quorum becomes the only manager of its swarm, with all of its data; a machine that is in no swarm founds
/// a new one. An error (`conflict`) if that would harm a swarm that works, or cannot be done from here.
Result<model::InitSwarm> swarm_recovery(const model::SwarmDesired& desired,
                                        const model::ObservedSwarm& observed);

}  // namespace dockerext::plan
