#pragma once

#include "plan/swarm_work.hpp"

#include <vector>

namespace dockerext::plan {

/// Plans the role, availability and labels of this node, a manager. `own` is its entry in `nodes`.
void plan_own_node(SwarmWork& work, const std::vector<model::ObservedNode>& nodes,
                   const model::ObservedNode& own);

/// Reports what this node, a worker, cannot do for itself, and the command for a manager.
void report_worker(SwarmWork& work);

}  // namespace dockerext::plan
