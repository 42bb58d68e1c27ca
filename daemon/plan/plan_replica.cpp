#include "plan/plan_replica.hpp"

#include "plan/config_hash.hpp"
#include "plan/dependencies.hpp"
#include "plan/leftovers.hpp"
#include "plan/rollout.hpp"
#include "plan/strategies/create.hpp"
#include "plan/strategies/finish_replacement.hpp"
#include "plan/strategies/repair_in_place.hpp"
#include "plan/strategies/replace.hpp"
#include "plan/strategies/roll_back.hpp"
#include "plan/wanted_container.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

bool is_open(const Need& gate) { return gate.waits_for.empty() && gate.refused.empty(); }

bool needs_recreating(const std::vector<Difference>& drift) {
    return std::any_of(drift.begin(), drift.end(),
                       [](const Difference& each) { return each.repair == Repair::recreate; });
}

/// What only a new container puts right.
std::vector<Change> reasons_to_replace(const ObservedContainer& container, const Judgement& judgement,
                                       const std::vector<Difference>& drift) {
    std::vector<Difference> rebuilt;
    std::copy_if(drift.begin(), drift.end(), std::back_inserter(rebuilt),
                 [](const Difference& each) { return each.repair == Repair::recreate; });
    if (judgement.verdict == Verdict::broken) rebuilt.push_back({state_change(container), Repair::recreate});
    return changes_of(rebuilt);
}

/// The container is not as wanted, and no new one has held in its place yet.
void note_old_version(const Replica& replica, const ObservedContainer& container) {
    const bool is_reported_only =
        !replica.work.desired.policy.repair && matches_config_hash(replica.service, container);
    if (is_reported_only) return;
    Need update;
    const FailedRollout* const failed = replica.work.given_up(replica.subject);
    if (failed == nullptr) update.waits_for = replica.service.name.value + " to be replaced";
    else if (is_paused(replica.rollout, replica.service)) update.refused = failed->error;
    join(replica.dependency_status.updated, update);
}

/// A container without a successor: the least disruptive strategy.
void plan_lone(const Replica& replica, const ObservedContainer& container) {
    const Judgement judgement = judge(replica.service, container, replica.work.history);
    update_dependency_status(replica, container, judgement);
    hold_unproven(replica, container);
    if (judgement.verdict == Verdict::removing) return mark_not_started(replica);
    const std::vector<Difference> drift = find_drift(replica, container);
    const std::vector<Change> rebuilt = reasons_to_replace(container, judgement, drift);
    if (rebuilt.empty()) return repair_in_place(replica, container, judgement, drift);
    note_old_version(replica, container);
    if (!replace(replica, container, rebuilt)) repair_in_place(replica, container, judgement, {});
}

/// A container whose successor exists: the replacement goes on, or is rolled back.
void plan_hand_over(const Replica& replica, const ObservedContainer& old,
                    const ObservedContainer& successor) {
    const Judgement judgement = judge(replica.service, successor, replica.work.history);
    const bool has_held = judgement.verdict == Verdict::completed ||
                          (judgement.verdict == Verdict::running && !is_unproven(replica, successor));
    if (!has_held) note_old_version(replica, old);
    if (!has_held && starts_first(replica, old))
        update_dependency_status(replica, old, judge(replica.service, old, replica.work.history));
    else update_dependency_status(replica, successor, judgement);
    // A container of other settings says nothing of these, however it has ended.
    if (needs_recreating(find_drift(replica, successor))) {
        return roll_back(replica, old, successor,
                         "rolling back: the settings changed again during the rollout");
    }
    std::string failure = failure_of(old, successor, judgement, replica.work.history);
    if (failure.empty() && judgement.verdict == Verdict::completed && starts_first(replica, old))
        failure = "exited with code 0, and the old container runs";
    if (!failure.empty()) return roll_back_failed(replica, old, successor, judgement, failure);
    if (!needs_recreating(find_drift(replica, old)) && judgement.verdict == Verdict::stopped) {
        return roll_back(replica, old, successor,
                         "rolling back: the old container matches the settings again");
    }
    if (judgement.verdict == Verdict::removing) return mark_not_started(replica);
    if (successor.state == ContainerState::created && !is_open(update_gate(replica, start_of(replica, old))))
        return roll_back(replica, old, successor, "rolling back: a service that it depends on comes first");
    if (judgement.verdict == Verdict::stopped) return start_successor(replica, old, successor);
    finish_replacement(replica, old, successor);
}

void remove_surplus(const Replica& replica, const Containers& surplus) {
    if (surplus.empty() || replica.work.backing_off(replica.subject, replica.service.name)) return;
    for (const ObservedContainer* each : surplus)
        discard(replica.work, *each, replica.service.name, "duplicate of another container");
}

}  // namespace

void plan_replica(const Replica& replica, const Containers& containers) {
    const Roles roles = roles_of(containers, replica.name);
    if (replica.work.busy(replica.subject)) {
        mark_not_started(replica);
        if (roles.current == nullptr) return;
        replica.work.has_updates = replica.work.has_updates || is_update(replica, *roles.current);
        if (gets_another_image(replica, *roles.current))
            (void)replica.resources.image(replica.service);  // others wait for it already
        return will_stay(replica, *roles.current);
    }
    if (const Need known = replica.work.known(replica.subject); !known.refused.empty()) {
        hold(replica, known.why, known.refused);
        return mark_unknown(replica);
    }
    remove_surplus(replica, roles.surplus);
    if (roles.current == nullptr) return create(replica);
    if (roles.successor != nullptr) return plan_hand_over(replica, *roles.current, *roles.successor);
    plan_lone(replica, *roles.current);
}

}  // namespace dockerext::plan
