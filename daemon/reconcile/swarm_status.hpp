#pragma once

#include "model/status.hpp"
#include "model/swarm.hpp"

namespace dockerext::reconcile {

/// The swarm as this machine sees it, for people. Pure.
model::SwarmStatus swarm_status(const model::ObservedSwarm& observed);

}  // namespace dockerext::reconcile
