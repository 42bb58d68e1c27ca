#include "plan/stack_planner.hpp"

#include "base/sha256.hpp"
#include "plan/stack_work.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

const Subject whole_stack = part("stack");

const ObservedNode* leader_of(const ObservedSwarm& swarm) {
    if (!swarm.nodes) return nullptr;
    const auto found = std::find_if(swarm.nodes->begin(), swarm.nodes->end(),
                                    [](const ObservedNode& node) { return node.leader; });
    return found == swarm.nodes->end() ? nullptr : &*found;
}

bool has_services(const StackDesired& desired) { return desired.stack && !desired.stack->services.empty(); }

/// Whether a stack of an earlier time is to be removed.
bool is_former(const StackDesired& desired, const SwarmRecord& record) {
    if (record.stack.empty()) return false;
    if (has_services(desired)) return desired.stack->name != record.stack;
    return desired.leaves || record.is_stack_down;
}

void plan_objects(StackWork& work, const Stack& stack) {
    plan_stack_networks(work, stack);
    plan_stack_files(work, stack);
    plan_stack_services(work, stack);
    plan_stack_leftovers(work, stack);
}

bool is_worker(const ObservedSwarm& swarm) { return swarm.state == LocalNodeState::active && !swarm.manager; }

/// What is said of the stack by a machine that cannot see it.
void report_unseen(StackWork& work, const ObservedSwarm& swarm) {
    if (is_worker(swarm))
        work.report(whole_stack.name, PartState::unmanaged,
                    "this node is a worker: managers apply the stack and see its state");
    else if (swarm.state == LocalNodeState::active)
        work.report(whole_stack.name, PartState::pending, "waiting until the swarm can be seen again");
    else work.report(whole_stack.name, PartState::pending, "waiting until this machine is in the swarm");
}

void report_leader(StackWork& work, const ObservedSwarm& swarm) {
    const ObservedNode* const leader = leader_of(swarm);
    if (leader == nullptr) return work.report(whole_stack.name, PartState::pending, "waiting for a leader");
    work.report(whole_stack.name, PartState::ok,
                is_leader(swarm)
                    ? "applied by this node, the swarm's leader"
                    : "applied by the leader " + leader->hostname + " (" + leader->address + ")");
}

/// The stack has left the settings.
void plan_removal(StackWork& work, const ProjectName& former, StackPlan& made) {
    plan_objects(work, {.name = former});
    // What somebody else uses cannot be removed: it is tried once.
    const bool is_gone = work.observed.services.empty() &&
                         std::all_of(work.plan.steps.begin(), work.plan.steps.end(), [&](const Step& step) {
                             return work.failure_records.contains(step.subject);
                         });
    if (!is_gone)
        return work.report(whole_stack.name, PartState::pending,
                           "stack " + former.value + " is no longer in the settings; removing it");
    work.plan = {};
    work.parts.clear();
    made.kept = {};
}

}  // namespace

bool StackWork::updates_go_on() const {
    return std::any_of(observed.services.begin(), observed.services.end(), [&](const auto& each) {
        const ServiceUpdate update = each.second.update;
        return update == ServiceUpdate::updating || update == ServiceUpdate::paused ||
               update == ServiceUpdate::rollback_started || history.just_changed.contains(each.first);
    });
}

void StackWork::act(const Subject& subject, Operation operation, std::string object, std::string reason) {
    const std::string doing = std::string(verb(operation)) + " " + object;
    if (!begin(subject, doing)) return;
    add({.operation = std::move(operation),
         .subject = subject,
         .object = std::move(object),
         .reason = std::move(reason)});
}

Subject stack_subject(const std::string& what) { return part("stack." + what); }

bool is_leader(const ObservedSwarm& swarm) {
    const ObservedNode* const leader = leader_of(swarm);
    return leader != nullptr && leader->id == swarm.node_id;
}

std::string attempt_of(const std::string& spec) { return sha256_hex(spec).substr(0, 32); }

std::optional<ProjectName> stack_to_observe(const StackDesired& desired, const ObservedSwarm& swarm,
                                            const SwarmRecord& record) {
    if (!swarm.manager || !swarm.nodes) return std::nullopt;
    if (is_former(desired, record)) return record.stack;
    return has_services(desired) ? std::optional(desired.stack->name) : std::nullopt;
}

StackPlan plan_stack(const StackDesired& desired, const ObservedSwarm& swarm,
                     const Result<ObservedStack>& observed, const SwarmHistory& history,
                     const Redactor& redact, SteadyTime now) {
    const auto name = stack_to_observe(desired, swarm, history.record);
    StackPlan made{.kept = history.record.stack};
    if (!name && !has_services(desired)) return made;
    static const ObservedStack nothing;
    StackWork work{{history.failure_records, now},
                   name.value_or(ProjectName()),
                   observed ? *observed : nothing,
                   history,
                   redact,
                   desired.logins,
                   is_leader(swarm)};
    if (!name) {
        report_unseen(work, swarm);
        made.replaces_project = is_worker(swarm);
        if (is_worker(swarm)) made.kept = {};
    } else if (!observed) {
        const std::string why = "the stack cannot be seen: " + observed.error().message();
        work.report(whole_stack.name, PartState::pending, why);
        work.hold(whole_stack, Held::Why::unknown, why);
    } else if (is_former(desired, history.record)) {
        plan_removal(work, history.record.stack, made);
    } else {
        made.kept = desired.stack->name;
        report_leader(work, swarm);
        plan_objects(work, *desired.stack);
        made.replaces_project = work.is_accepted || (work.is_blocked_by_project && work.leads);
    }
    if (work.leads || !observed) made.plan = std::move(work.plan);
    made.parts = std::move(work.parts);
    made.tasks_start = work.tasks_start;
    return made;
}

}  // namespace dockerext::plan
