#pragma once

#include "plan/swarm_work.hpp"

#include <vector>

namespace dockerext::plan {

/// Records since when nodes are down. A node that does not lead forgets it: it would be out of date once it
/// leads.
void track_down_nodes(SwarmWork& work, const std::vector<model::ObservedNode>& nodes, bool leads);

/// For the node that leads the swarm. Plans the removal of nodes that have been down for longer than
/// `forget_after`, or whose machine has joined anew. A manager becomes a worker first, if the swarm keeps its
/// quorum.
void remove_down_nodes(SwarmWork& work, const std::vector<model::ObservedNode>& nodes);

}  // namespace dockerext::plan
