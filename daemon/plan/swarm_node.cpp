#include "plan/swarm_node.hpp"

#include "plan/swarm_quorum.hpp"

#include <string>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

/// What is to change of this node, and why a part of it is not done now.
struct OwnNode {
    UpdateNode update{};
    std::vector<Change> changes{};
    std::optional<Held> refused{};

    void set_role(SwarmRole from, SwarmRole to) {
        update.role = to;
        changes.push_back({"role", std::string(to_string(from)), std::string(to_string(to))});
    }
    void refuse(Held::Why why, std::string reason) {
        refused = Held{own_node_part, {}, why, "not made a worker: " + std::move(reason), {}};
    }
};

/// A manager that is to be a worker, as long as the swarm keeps its quorum.
void demote_own(const SwarmWork& work, const std::vector<ObservedNode>& nodes, const ObservedNode& own,
                OwnNode& node) {
    if (work.role != SwarmRole::worker || own.role == SwarmRole::worker) return;
    if (const ObservedNode* const before = demotion_under_way(nodes))
        return node.refuse(Held::Why::unproven, node_name(*before) + " is being made a worker first");
    const std::string problem = demotion_problem(nodes, own.id);
    if (!problem.empty())
        return node.refuse(Held::Why::policy, problem + "; more managers must be reachable first");
    node.set_role(SwarmRole::manager, SwarmRole::worker);
}

/// A manager that somebody has demoted by hand, and that is still a manager.
void keep_manager(const SwarmWork& work, const ObservedNode& own, OwnNode& node) {
    if (work.role == SwarmRole::manager && own.role == SwarmRole::worker)
        node.set_role(SwarmRole::worker, SwarmRole::manager);
}

void compare_availability(const SwarmWork& work, const ObservedNode& own, OwnNode& node) {
    const NodeAvailability wanted = work.desired.settings.availability;
    if (own.availability == wanted) return;
    node.update.availability = wanted;
    node.changes.push_back(
        {"availability", std::string(to_string(own.availability)), std::string(to_string(wanted))});
}

void compare_labels(const SwarmWork& work, const ObservedNode& own, OwnNode& node) {
    const auto& wanted = work.desired.settings.labels;
    for (const auto& [key, value] : wanted) {
        const auto present = own.labels.find(key);
        if (present != own.labels.end() && present->second == value) continue;
        node.update.labels.emplace(key, value);
        node.changes.push_back({"labels." + key, present == own.labels.end() ? "" : present->second, value});
    }
    for (const std::string& key : work.record.labels) {
        const auto present = own.labels.find(key);
        if (wanted.contains(key) || present == own.labels.end()) continue;
        node.update.removed_labels.insert(key);
        node.changes.push_back({"labels." + key, present->second, ""});
    }
}

/// Only label keys that we have set are ever removed.
void remember_labels(SwarmRecord& record, const SwarmSettings& settings, const ObservedNode& own,
                     const UpdateNode& update) {
    std::erase_if(record.labels, [&](const std::string& key) {
        return !settings.labels.contains(key) && !own.labels.contains(key);
    });
    for (const auto& [key, value] : update.labels) record.labels.insert(key);
}

/// "--availability drain --label-add zone=1", as options of `docker node update`.
std::string update_options(const SwarmSettings& settings) {
    std::string options;
    if (settings.availability != NodeAvailability::active)
        options += " --availability " + std::string(to_string(settings.availability));
    for (const auto& [key, value] : settings.labels) options += " --label-add " + key + "=" + value;
    return options;
}

}  // namespace

void plan_own_node(SwarmWork& work, const std::vector<ObservedNode>& nodes, const ObservedNode& own) {
    OwnNode node{.update = {.id = own.id}};
    demote_own(work, nodes, own, node);
    keep_manager(work, own, node);
    compare_availability(work, own, node);
    compare_labels(work, own, node);
    remember_labels(work.record, work.desired.settings, own, node.update);
    if (!node.changes.empty()) {
        if (work.begin(own_node_part, "changing " + fields_of(node.changes)))
            work.add({.operation = std::move(node.update),
                      .subject = own_node_part,
                      .object = node_name(own),
                      .reason = reason_of(node.changes),
                      .changes = std::move(node.changes)});
    } else if (node.refused) {
        const bool passes = node.refused->why == Held::Why::unproven;
        work.report(own_node_part.name, passes ? PartState::pending : PartState::failed,
                    node.refused->reason);
    } else {
        const bool becomes_worker = work.role == SwarmRole::worker;
        work.report(own_node_part.name, becomes_worker ? PartState::pending : PartState::ok,
                    becomes_worker ? "becoming a worker" : "");
    }
    if (node.refused) work.plan.held.push_back(std::move(*node.refused));
}

void report_worker(SwarmWork& work) {
    const std::string& id = work.observed.node_id;
    if (work.role == SwarmRole::manager) {
        const std::string why =
            "this node is a worker, and only a manager can change that: run `docker node promote " + id +
            "` on a manager";
        work.report(own_node_part.name, PartState::failed, why);  // or it has joined as a manager just now
        return work.hold(own_node_part, Held::Why::policy, why);
    }
    const std::string options = update_options(work.desired.settings);
    if (options.empty()) return work.report(own_node_part.name, PartState::ok);
    work.report(
        own_node_part.name, PartState::unmanaged,
        "only a manager sees and changes a worker's availability and labels: run `docker node update" +
            options + " " + id + "` on a manager");
}

}  // namespace dockerext::plan
