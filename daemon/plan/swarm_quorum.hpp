#pragma once

#include "model/swarm.hpp"

#include <string>
#include <vector>

namespace dockerext::plan {

/// Whether the node takes part in raft, whatever its role is to be.
bool is_manager(const model::ObservedNode& node);

/// Whether the node counts for the quorum. The old entry of a reimaged manager is called reachable too,
/// because its successor answers at the same address; but such an entry is down.
bool counts_for_quorum(const model::ObservedNode& node);

/// A manager whose demotion has begun and not ended; nullptr if there is none.
const model::ObservedNode* demotion_under_way(const std::vector<model::ObservedNode>& nodes);

/// Why the manager `target` cannot become a worker, in numbers; "" if the swarm has its quorum before and
/// after that. One that is down can be demoted, too.
std::string demotion_problem(const std::vector<model::ObservedNode>& nodes, const std::string& target);

}  // namespace dockerext::plan
