#include "plan/swarm_down_nodes.hpp"

#include "base/iso_time.hpp"
#include "base/tcp_address.hpp"
#include "plan/swarm_quorum.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

/// Each node is a subject of its own: one that cannot be removed does not keep the others.
Subject node_subject(const ObservedNode& node) { return part("swarm.node." + node.id); }

/// The entry of the same machine after it has joined anew; nullptr if there is none.
const ObservedNode* successor_of(const ObservedNode& node, const std::vector<ObservedNode>& nodes) {
    const auto is_successor = [&](const ObservedNode& other) {
        const bool same_manager = is_manager(node) && node.manager_address == other.manager_address;
        const bool same_machine = is_of_one_machine(node.address) && node.address == other.address &&
                                  node.hostname == other.hostname;
        return other.id != node.id && other.state == NodeState::ready && other.created_at > node.created_at &&
               (same_manager || same_machine);
    };
    const auto found = std::find_if(nodes.begin(), nodes.end(), is_successor);
    return found == nodes.end() ? nullptr : &*found;
}

/// Of this node itself.
bool plans_demotion(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        const auto* const update = std::get_if<UpdateNode>(&step.operation);
        return update != nullptr && update->role == SwarmRole::worker;
    });
}

/// Why the node, which is down, is to be removed; "" if it is to stay.
std::string removal_reason(const SwarmWork& work, const std::vector<ObservedNode>& nodes,
                           const ObservedNode& node) {
    if (const ObservedNode* const successor = successor_of(node, nodes))
        return "the same machine has joined anew as " + node_name(*successor);
    const auto& forget_after = work.desired.settings.forget_after;
    const auto since = work.record.down_since.find(node.id);
    const bool is_due = forget_after && since != work.record.down_since.end() &&
                        work.wall_now - since->second >= *forget_after;
    return is_due ? "down since " + iso_time(since->second) + ", longer than swarm.forget-after" : "";
}

void remove_node(SwarmWork& work, const ObservedNode& node, const std::string& reason) {
    work.add({.operation = RemoveNode{node.id},
              .subject = node_subject(node),
              .object = node_name(node),
              .reason = reason});
}

/// A manager can be removed only as a worker, which it is at a later look. Returns whether it becomes one.
bool demote_down_manager(SwarmWork& work, const std::vector<ObservedNode>& nodes, const ObservedNode& node,
                         const std::string& reason) {
    const std::string problem = demotion_problem(nodes, node.id);
    if (!problem.empty()) {
        const std::string why = node_name(node) + " stays: " + reason + ", but " + problem;
        work.notes.push_back(why);
        work.hold(node_subject(node), Held::Why::policy, why);
        return false;
    }
    work.add({.operation = UpdateNode{.id = node.id, .role = SwarmRole::worker},
              .subject = node_subject(node),
              .object = node_name(node),
              .reason = reason,
              .changes = {{"role", "manager", "worker"}}});
    return true;
}

}  // namespace

void track_down_nodes(SwarmWork& work, const std::vector<ObservedNode>& nodes, bool leads) {
    std::map<std::string, WallTime> down_since;
    for (const ObservedNode& node : nodes) {
        const auto before = work.record.down_since.find(node.id);
        const bool was_down = before != work.record.down_since.end();
        // After a change of the leader, nodes are "unknown" until they report or are down.
        const bool is_down = node.state == NodeState::down || (was_down && node.state != NodeState::ready);
        if (leads && is_down) down_since.emplace(node.id, was_down ? before->second : work.wall_now);
    }
    work.record.down_since = std::move(down_since);
}

void remove_down_nodes(SwarmWork& work, const std::vector<ObservedNode>& nodes) {
    bool demoting = demotion_under_way(nodes) != nullptr || plans_demotion(work.plan);
    for (const ObservedNode& node : nodes) {
        if (node.id == work.observed.node_id || node.state != NodeState::down) continue;
        const std::string reason = removal_reason(work, nodes, node);
        if (reason.empty()) continue;
        if (!work.desired.settings.forget_after) {
            work.notes.push_back(node_name(node) + " stays in the list, though " + reason +
                                 ": remove it with `docker node rm`, or set swarm.forget-after");
            continue;
        }
        const bool is_worker = !is_manager(node);  // a promotion that never took place does not count
        if (!is_worker && demoting) continue;  // one after the other
        if (const std::string failed = work.backing_off(node_subject(node)); !failed.empty())
            work.notes.push_back(node_name(node) + " is not removed yet: " + failed);
        if (work.is_held(node_subject(node))) continue;
        if (is_worker) remove_node(work, node, reason);
        else demoting = demote_down_manager(work, nodes, node, reason);
    }
}

}  // namespace dockerext::plan
