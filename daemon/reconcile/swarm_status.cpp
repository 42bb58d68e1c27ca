#include "reconcile/swarm_status.hpp"

namespace dockerext::reconcile {

using namespace model;

namespace {

NodeStatus node_status(const ObservedNode& node) {
    const bool is_manager = !node.manager_address.empty();
    return {.id = node.id,
            .name = node.hostname,
            .role = is_manager ? SwarmRole::manager : SwarmRole::worker,
            .availability = node.availability,
            .state = node.state,
            .reachability = !is_manager      ? ""
                            : node.leader    ? "leader"
                            : node.reachable ? "reachable"
                                             : "unreachable",
            .engine = node.engine_version,
            .address = node.address};
}

}  // namespace

SwarmStatus swarm_status(const ObservedSwarm& observed) {
    SwarmStatus status;
    status.state = observed.state;
    if (observed.state == LocalNodeState::active)
        status.role = observed.manager ? SwarmRole::manager : SwarmRole::worker;
    status.node = observed.node_id;
    status.address = observed.node_address;
    if (observed.cluster) status.cluster = observed.cluster->id;
    if (!observed.nodes) return status;
    for (const ObservedNode& node : *observed.nodes) status.nodes.push_back(node_status(node));
    return status;
}

}  // namespace dockerext::reconcile
