#include "plan/strategies/replace_stop_first.hpp"

#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/container_steps.hpp"
#include "plan/dependencies.hpp"
#include "plan/slots.hpp"
#include "plan/wanted_container.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

/// False when two rollouts of these settings failed, or when drift is only reported.
bool can_recreate(const Replica& replica, const ObservedContainer& old, const std::vector<Change>& changes) {
    if (has_rollout_failed(replica)) {
        const std::string failure = rollout_failure(replica);
        hold(replica, Held::Why::failed,
             "rollout failed twice and was rolled back; the old container stays until the settings change" +
                 (failure.empty() ? "" : " (" + failure + ")"));
        return false;
    }
    if (!replica.work.desired.policy.repair) {
        if (matches_config_hash(replica.service, old)) {
            hold(replica, Held::Why::policy,
                 "drift reported, not repaired (reconcile.drift): " + fields_of(changes));
            return false;
        }
    }
    return true;
}

}  // namespace

bool replace_stop_first(const Replica& replica, const ObservedContainer& old,
                        const std::vector<Change>& changes) {
    if (!can_recreate(replica, old, changes)) return false;
    Need need = needs(replica);
    if (!need.refused.empty()) {
        hold(replica, need.why, need.refused);
        return false;
    }
    const Need ready = gate(replica, StartOf::new_version);
    if (!ready.refused.empty()) {
        hold(replica, ready.why, ready.refused);
        return false;
    }
    if (replica.work.backing_off(replica.subject, replica.service.name)) return false;

    const std::string reason = fields_of(changes) + " changed";
    const StepId made = add_create_steps(replica, &old, reason, changes, need);
    Need previous = ready;
    previous.after.push_back(replica.work.plan.steps.size() - 1);
    if (is_alive(old)) {
        previous = {.after = {stop(replica, old, reason, previous)}};
    }
    const StepId started = start(replica, made, StartKind::first, reason, previous);
    previous = {.after = {started}, .waits_for = "the new container to run"};
    previous = {.after = {replica.work.add(step(replica, RemoveContainer{old.id}, reason), previous)}};
    (void)replica.work.add(step(replica, RenameContainer{made, replica.name}, reason), previous);

    mark_will_start(replica, started);
    will_be_replaced(replica);
    return true;
}

void start_successor(const Replica& replica, const ObservedContainer& old,
                     const ObservedContainer& successor) {
    Need previous = ready_to_start(replica, StartOf::new_version);
    if (!previous.refused.empty()) {
        hold(replica, previous.why, previous.refused);
        return mark_not_started(replica);
    }
    if (replica.work.backing_off(replica.subject, replica.service.name)) return mark_not_started(replica);
    const std::string reason = "replacing the old container";
    for (const Attachment& move :
         attachments(replica.service, replica.name, links(replica), successor, replica.work.observed)) {
        if (!move.join || move.leave) continue;
        const Endpoint endpoint = endpoint_of(replica.service, move.network, replica.name, links(replica));
        previous.after = {replica.work.add(
            step(replica, ConnectNetwork{successor.id, move.network, endpoint}, reason), previous)};
    }
    if (is_alive(old)) {
        previous.after = {stop(replica, old, reason, previous)};
    }
    const StepId started = start(replica, successor.id, next_start(successor), reason, previous);
    mark_will_start(replica, started);
    previous = {.after = {started}, .waits_for = "the new container to run"};
    previous = {.after = {replica.work.add(step(replica, RemoveContainer{old.id}, reason), previous)}};
    (void)replica.work.add(step(replica, RenameContainer{successor.id, replica.name}, reason), previous);
}

}  // namespace dockerext::plan
