#include "plan/strategies/replace.hpp"

#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/container_steps.hpp"
#include "plan/dependencies.hpp"
#include "plan/rollout.hpp"
#include "plan/slots.hpp"
#include "plan/wanted_container.hpp"

#include <optional>

namespace dockerext::plan {

using namespace model;

namespace {

/// False when the rollout of these settings has failed, or when drift is only reported.
bool can_recreate(const Replica& replica, const ObservedContainer& old, const std::vector<Change>& changes) {
    const bool is_broken = judge(replica.service, old, replica.work.history).verdict == Verdict::broken;
    if (const FailedRollout* const failed = replica.work.given_up(replica.subject); failed && !is_broken) {
        hold(replica, Held::Why::failed,
             "rollout failed and was rolled back; the old container stays until the settings or the image "
             "change, or `dockerextd reconcile` (" +
                 failed->error + ")" + why_not_back(replica));
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

/// What a replacement waits for.
struct Preconditions {
    Need create, start;
    bool is_later = false;  ///< until then, the old container is used, and repaired
};

/// Holds the replica if the replacement is refused.
std::optional<Preconditions> preconditions(const Replica& replica, const ObservedContainer& old,
                                           const std::vector<Change>& changes) {
    if (!can_recreate(replica, old, changes)) return std::nullopt;
    const Need images = image_gate(replica, &old);
    Preconditions found{.create = needs(replica), .start = gate(replica, start_of(replica, old))};
    const auto is_refused = [&](const Need& need) {
        if (!need.refused.empty()) hold(replica, need.why, need.refused);
        return !need.refused.empty();
    };
    if (is_refused(found.create) || is_refused(found.start)) return std::nullopt;
    const Need turn = take_turn(replica, old);
    if (is_refused(turn) || replica.work.backing_off(replica.subject, replica.service.name))
        return std::nullopt;
    found.is_later = !images.waits_for.empty() || !turn.waits_for.empty() || !found.start.waits_for.empty();
    join(found.create, images);
    join(found.create, turn);
    join(found.create, {.waits_for = found.start.waits_for});
    return found;
}

}  // namespace

StartOf start_of(const Replica& replica, const ObservedContainer& old) {
    return is_update(replica, old) ? StartOf::replacement : StartOf::creation;
}

bool replace(const Replica& replica, const ObservedContainer& old, const std::vector<Change>& changes) {
    const auto needed = preconditions(replica, old, changes);
    if (!needed) return false;
    const auto [side_by_side, why_stop_first] = swap_order(replica, old);
    const std::string why = why_stop_first.empty() ? "" : " (stop-first, because " + why_stop_first + ")";
    const std::string reason = fields_of(changes) + " changed" + why;
    const StepId made = add_create_steps(replica, &old, reason, changes, needed->create);
    Need previous = needed->start;
    previous.after.push_back(replica.work.plan.steps.size() - 1);
    if (is_alive(old) && !side_by_side) previous = {.after = {stop(replica, old, reason, previous)}};
    const StepId started = start(replica, made, StartKind::first, reason, previous);
    previous = {.after = {started}, .waits_for = "the new container to run"};
    if (side_by_side) previous = {.after = {stop(replica, old, reason, previous)}};
    previous = {.after = {replica.work.add(step(replica, RemoveContainer{old.id}, reason), previous)}};
    (void)replica.work.add(step(replica, RenameContainer{made, replica.name}, reason), previous);
    if (needed->is_later) return false;
    if (side_by_side) return true;  // dependents count on the old container

    mark_will_start(replica, started);
    will_be_replaced(replica);
    return true;
}

void start_successor(const Replica& replica, const ObservedContainer& old,
                     const ObservedContainer& successor) {
    const bool side_by_side = starts_first(replica, old);
    Need previous = ready_to_start(replica, start_of(replica, old));
    if (!previous.refused.empty()) hold(replica, previous.why, previous.refused);
    if (!previous.refused.empty() || replica.work.backing_off(replica.subject, replica.service.name)) {
        if (!side_by_side) mark_not_started(replica);
        return;
    }
    const std::string reason = "replacing the old container";
    for (const Attachment& move :
         attachments(replica.service, replica.name, links(replica), successor, replica.work.observed)) {
        if (!move.join || move.leave) continue;
        const Endpoint endpoint = endpoint_of(replica.service, move.network, replica.name, links(replica));
        previous.after = {replica.work.add(
            step(replica, ConnectNetwork{successor.id, move.network, endpoint}, reason), previous)};
    }
    if (is_alive(old) && !side_by_side) previous.after = {stop(replica, old, reason, previous)};
    const StepId started = start(replica, successor.id, next_start(successor), reason, previous);
    if (!side_by_side) mark_will_start(replica, started);
    previous = {.after = {started}, .waits_for = "the new container to run"};
    if (side_by_side) previous = {.after = {stop(replica, old, reason, previous)}};
    previous = {.after = {replica.work.add(step(replica, RemoveContainer{old.id}, reason), previous)}};
    (void)replica.work.add(step(replica, RenameContainer{successor.id, replica.name}, reason), previous);
}

}  // namespace dockerext::plan
