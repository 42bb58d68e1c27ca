#include "base/joined.hpp"
#include "doctor/swarm_scope.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <map>

/// The nodes of the swarm together: their number, their engines, their names.
namespace dockerext::doctor {
namespace {

using model::Category;
using model::ObservedNode;
using model::ObservedSwarm;
using Nodes = std::vector<ObservedNode>;

/// Judges the list of nodes, which only a manager has, and only while the swarm has a quorum.
template <typename Judge>
Verdict judged_by_nodes(const Facts& facts, Judge judge) {
    return judged_in_swarm(facts, [&](const ObservedSwarm& swarm) {
        if (swarm.nodes) return judge(*swarm.nodes);
        return skipped(swarm.manager ? "the swarm does not list its nodes: " + swarm.nodes_error
                                     : "only a manager knows the nodes");
    });
}

Nodes managers_among(const Nodes& nodes) {
    Nodes managers;
    std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(managers),
                 [](const ObservedNode& node) { return !node.manager_address.empty(); });
    return managers;
}

/// In the swarm if its nodes are known, otherwise as the settings or the engine name them.
std::size_t count_of_managers(const Facts& facts, const ObservedSwarm& swarm) {
    if (swarm.nodes) return managers_among(*swarm.nodes).size();
    return asks_for_swarm(facts) ? facts.settings->swarm->managers.size() : swarm.remote_managers.size();
}

Verdict judge_manager_count(const Facts& facts) {
    return judged_in_swarm(facts, [&](const ObservedSwarm& swarm) {
        const std::size_t count = count_of_managers(facts, swarm);
        if (count == 0) return skipped("the managers are not known");
        const std::string found = std::to_string(count) + (count == 1 ? " manager" : " managers");
        const std::string more = "list three or more, an odd number, in swarm.managers";
        if (count <= 2)
            return warning(found + (count == 1 ? ": while it" : ": while one of them") +
                               " is away, nothing in the swarm can be changed or repaired",
                           more);
        if (count % 2 == 0)
            return warning(found + " tolerate no more failures than " + std::to_string(count - 1),
                           "add one, or take one away");
        return ok(found + " tolerate the loss of " + std::to_string((count - 1) / 2));
    });
}

Verdict judge_quorum(const Facts& facts) {
    return judged_in_swarm(facts, [](const ObservedSwarm& swarm) {
        if (!swarm.manager) return skipped("only a manager knows the nodes");
        if (!swarm.nodes)
            return error("the swarm can be neither seen nor changed now: " + swarm.nodes_error,
                         "start the other managers, and look at the network between them; if they are lost "
                         "for good: dockerextd swarm recover");
        const Nodes managers = managers_among(*swarm.nodes);
        std::vector<std::string> away;
        for (const ObservedNode& each : managers) {
            // The old entry of a machine that was set up anew is called reachable, because of the new one.
            if (!each.reachable || each.state == model::NodeState::down)
                away.push_back(each.hostname + " (" + each.id + ")");
        }
        const std::size_t total = managers.size(), present = total - away.size(), quorum = total / 2 + 1;
        const std::string found = std::to_string(present) + " of " + std::to_string(total) +
                                  " managers are there, and " + std::to_string(quorum) +
                                  " are needed for a quorum";
        if (away.empty()) return ok(found);
        const std::string next = present <= quorum ? "; if one more leaves, nothing can be changed" : "";
        return warning(found + next + ". Away: " + listed(away),
                       "start them; one that is lost for good: docker node demote ID, docker node rm ID");
    });
}

/// Engines before 23 have a raft whose snapshots newer ones cannot restore.
bool has_old_raft(const ObservedNode& node) {
    constexpr unsigned first_with_new_raft = 23;
    const std::string& text = node.engine_version;
    unsigned major = first_with_new_raft;  // "dev"
    std::from_chars(text.data(), text.data() + text.size(), major);
    return major < first_with_new_raft;
}

Verdict judge_engines(const Facts& facts) {
    return judged_by_nodes(facts, [](const Nodes& nodes) {
        std::vector<std::string> older, newer;
        bool is_led_by_older = false;
        for (const ObservedNode& each : managers_among(nodes)) {
            auto& group = has_old_raft(each) ? older : newer;
            group.push_back(each.hostname + " (" + each.engine_version + ")");
            is_led_by_older = is_led_by_older || (each.leader && has_old_raft(each));
        }
        if (older.empty() || newer.empty()) return ok("the engines of all managers work together");
        const std::string remedy =
            "upgrade the older managers one after the other; until then docker node demote the newer ones";
        if (is_led_by_older)
            return error("an older engine leads the swarm, so that " + listed(newer) +
                             " may replicate nothing, though reachable; if " + listed(older) +
                             " is away then, all writes stop (etcd#13741)",
                         remedy);
        return warning("managers " + listed(older) + " have an older engine than " + listed(newer) +
                           ": if one of the older ones comes to lead, newer managers that join then "
                           "replicate nothing (etcd#13741)",
                       remedy);
    });
}

Verdict judge_hostnames(const Facts& facts) {
    return judged_by_nodes(facts, [](const Nodes& nodes) {
        std::map<std::string, std::vector<std::string>> nodes_by_name;
        for (const ObservedNode& each : nodes)
            nodes_by_name[each.hostname].push_back(each.id + " " + std::string(to_string(each.state)));
        std::vector<std::string> repeated;
        for (const auto& [hostname, all] : nodes_by_name) {
            if (all.size() > 1) repeated.push_back(hostname + " (" + joined(all, ", ") + ")");
        }
        if (repeated.empty()) return ok("each node has a hostname of its own");
        return warning("several nodes have the same hostname: " + listed(repeated) +
                           "; those that are down are left from machines that were set up anew",
                       "docker node rm ID, of a manager after docker node demote ID; or set "
                       "swarm.forget-after");
    });
}

constexpr std::array table_of_swarm_nodes{
    Check{"manager-count", Category::swarm, "settings.md#swarm", judge_manager_count},
    Check{"quorum", Category::swarm, "doctor.md#swarm", judge_quorum},
    Check{"engines", Category::swarm, "doctor.md#swarm", judge_engines},
    Check{"hostnames", Category::swarm, "settings.md#swarm", judge_hostnames},
};

}  // namespace

std::span<const Check> swarm_node_checks() { return table_of_swarm_nodes; }

}  // namespace dockerext::doctor
