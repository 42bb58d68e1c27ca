#include "plan/swarm_quorum.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

struct Managers {
    unsigned total = 0, reachable = 0;
    unsigned quorum() const { return total / 2 + 1; }
};

}  // namespace

bool is_manager(const ObservedNode& node) { return !node.manager_address.empty(); }

bool counts_for_quorum(const ObservedNode& node) { return node.reachable && node.state == NodeState::ready; }

const ObservedNode* demotion_under_way(const std::vector<ObservedNode>& nodes) {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [](const ObservedNode& node) {
        return is_manager(node) && node.role == SwarmRole::worker;
    });
    return found == nodes.end() ? nullptr : &*found;
}

std::string demotion_problem(const std::vector<ObservedNode>& nodes, const std::string& target) {
    Managers before, after;
    for (const ObservedNode& node : nodes) {
        if (!is_manager(node)) continue;
        ++before.total;
        if (counts_for_quorum(node)) ++before.reachable;
        if (node.id == target) continue;
        ++after.total;
        if (counts_for_quorum(node)) ++after.reachable;
    }
    if (after.total == 0) return "it is the only manager";
    // Without a quorum now, the demotion itself could not be agreed on.
    const Managers& short_of = before.reachable < before.quorum() ? before : after;
    if (short_of.reachable >= short_of.quorum()) return "";
    const std::string when = &short_of == &before ? "the swarm has " : "the swarm would have ";
    return when + std::to_string(short_of.total) + " managers, " + std::to_string(short_of.reachable) +
           " of them reachable, and a quorum is " + std::to_string(short_of.quorum());
}

}  // namespace dockerext::plan
