// The part of ServicePlanner that replaces a container. The successor is created first. The old container is
// stopped as late as possible, and kept until the successor has held; if the successor fails, the old
// container is rolled back to. A crash may interrupt this at any point: the next plan continues from the
// observed state alone.
#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/differences.hpp"
#include "plan/service_planner.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr unsigned rollouts_allowed = 2;

bool needs_recreating(const std::vector<Difference>& wrong) {
    return std::any_of(wrong.begin(), wrong.end(),
                       [](const Difference& each) { return each.repair == Repair::recreate; });
}

/// Whether the old container ran until the successor existed. Then it was stopped for the hand-over, whatever
/// its exit code.
bool was_stopped_for(const ObservedContainer& successor, const ObservedContainer& old) {
    return old.state == ContainerState::exited && old.finished_at >= successor.created_at;
}

/// Whether a crash has interrupted a rollback, in which case its reason is lost. The signs are that the
/// successor has ended, possibly with code 0, or that the old container runs again since. A job that
/// completed is not a sign. With a health check, that cannot be known after the end, because engines then
/// report every such container as unhealthy.
bool was_being_put_back(const ObservedContainer& old, const ObservedContainer& successor) {
    if (successor.state != ContainerState::exited) return false;
    if (is_alive(old)) return old.started_at > successor.started_at;
    return successor.health == Health::unhealthy && was_stopped_for(successor, old);
}

/// Why the successor cannot take over, for display; "" if it still may.
std::string failure_of(const ObservedContainer& old, const ObservedContainer& successor,
                       const Judgement& judgement, const History& history) {
    const auto known = history.failed_successors.find(successor.id);
    if (known != history.failed_successors.end()) return known->second;
    const auto past = history.past.find(successor.id);
    const bool known_end = past != history.past.end() && past->second.run == successor.started_at;
    if (known_end && judgement.verdict == Verdict::stopped && successor.state == ContainerState::exited) {
        const bool by_others = past->second.cut_off || past->second.stopped_by_hand;
        return by_others ? "" : "failed: it was being rolled back";  // the daemon stops it only to roll back
    }
    if (was_being_put_back(old, successor)) return "failed: it was being rolled back";
    switch (judgement.verdict) {
    case Verdict::unhealthy: return "became unhealthy";
    case Verdict::restarting: return judgement.reason;  // "keeps exiting …"
    case Verdict::broken: return "failed: " + judgement.reason;
    case Verdict::failed:  // "exited with code 3 …", or why a post_start hook failed
        return (successor.exit_code == 0 ? "failed: " : "") + judgement.reason;
    case Verdict::stopped:
        if (successor.state == ContainerState::exited)
            return "exited with code " + std::to_string(successor.exit_code);
        return successor.error.empty() ? "" : "failed to start: " + successor.error;
    default: return "";
    }
}

}  // namespace

/// False when two rollouts of these settings failed, or when drift is only reported.
bool ServicePlanner::may_recreate(const Replica& replica, const ObservedContainer& old,
                                  const std::vector<Change>& changes) {
    const auto rollouts = work_.history.failed_rollouts.find(replica.subject);
    if (rollouts != work_.history.failed_rollouts.end() && rollouts->second >= rollouts_allowed) {
        const auto trouble = work_.history.troubles.find(replica.subject);
        hold(replica, Held::Why::failed,
             "rollout failed twice and was rolled back; the old container stays until the settings change" +
                 (trouble == work_.history.troubles.end() ? "" : " (" + trouble->second.last_error + ")"));
        return false;
    }
    if (!work_.desired.policy.repair) {
        if (same_settings(replica.service, old)) {
            hold(replica, Held::Why::policy,
                 "drift reported, not repaired (reconcile.drift): " + fields_of(changes));
            return false;
        }
    }
    return true;
}

/// Returns false when the container cannot be recreated now. The old container is then kept, and repaired as
/// far as possible.
bool ServicePlanner::recreate(const Replica& replica, const ObservedContainer& old,
                              const std::vector<Change>& changes) {
    if (!may_recreate(replica, old, changes)) return false;
    Need need = needs(replica);
    if (!need.refused.empty()) {
        hold(replica, need.why, need.refused);
        return false;
    }
    const Need ready = gate(replica.service);
    if (!ready.refused.empty()) {
        hold(replica, ready.why, ready.refused);
        return false;
    }
    if (work_.backing_off(replica.subject, replica.service.name)) return false;

    std::string reason = changes.front().field;
    for (auto change = std::next(changes.begin()); change != changes.end(); ++change)
        reason += ", " + change->field;
    reason += " changed";
    const StepId made = create(replica, &old, reason, changes, need);
    Need previous = ready;
    previous.after.push_back(work_.plan.steps.size() - 1);
    if (is_alive(old)) {
        previous = {.after = {stop(replica, old, reason, previous)}};
    }
    const StepId started = start(replica, made, true, reason, previous);
    previous = {.after = {started}, .waits_for = "the new container to run"};
    previous = {.after = {work_.add(step(replica, RemoveContainer{old.id}, reason), previous)}};
    (void)work_.add(step(replica, RenameContainer{made, replica.name}, reason), previous);

    will_start(replica, started);
    if (replica.number == 1) first_containers_.erase(replica.service.name);
    return true;
}

void ServicePlanner::hand_over(const Replica& replica, const ObservedContainer& old,
                               const ObservedContainer& successor) {
    const Judgement judgement = judge(replica.service, successor, work_.history);
    look_ahead(replica, successor, judgement);
    const std::string failure = failure_of(old, successor, judgement, work_.history);
    if (!failure.empty()) {
        remains_ended(replica, judgement);
        const std::string why = "rollout failed: new container " + failure + "; rolling back";
        hold(replica, Held::Why::failed, why);
        return put_back(replica, old, successor, why);
    }
    if (needs_recreating(wrong_with(replica, successor))) {
        return put_back(replica, old, successor,
                        "rolling back: the settings changed again during the rollout");
    }
    if (!needs_recreating(wrong_with(replica, old)) && judgement.verdict == Verdict::stopped) {
        return put_back(replica, old, successor,
                        "rolling back: the old container matches the settings again");
    }
    if (judgement.verdict == Verdict::removing) return not_started(replica);
    if (judgement.verdict != Verdict::stopped) return finish_hand_over(replica, old, successor);

    const Need ready = ready_to_start(replica.service);
    if (!ready.refused.empty()) {
        hold(replica, ready.why, ready.refused);
        return not_started(replica);
    }
    if (work_.backing_off(replica.subject, replica.service.name)) return not_started(replica);
    take_over(replica, old, successor, ready);
}

/// Continues when the successor is complete and not started yet.
void ServicePlanner::take_over(const Replica& replica, const ObservedContainer& old,
                               const ObservedContainer& successor, Need previous) {
    const std::string reason = "replacing the old container";
    for (const Attachment& move :
         attachments(replica.service, replica.name, links(replica.service), successor, work_.observed)) {
        if (!move.join || move.leave) continue;
        const Endpoint endpoint =
            endpoint_of(replica.service, move.network, replica.name, links(replica.service));
        previous.after = {
            work_.add(step(replica, ConnectNetwork{successor.id, move.network, endpoint}, reason), previous)};
    }
    if (is_alive(old)) {
        previous.after = {stop(replica, old, reason, previous)};
    }
    const bool first = successor.state == ContainerState::created;
    const StepId started = start(replica, successor.id, first, reason, previous);
    will_start(replica, started);
    previous = {.after = {started}, .waits_for = "the new container to run"};
    previous = {.after = {work_.add(step(replica, RemoveContainer{old.id}, reason), previous)}};
    (void)work_.add(step(replica, RenameContainer{successor.id, replica.name}, reason), previous);
}

/// Continues when the successor runs, or is about to: once it has held, the old container is removed, and the
/// successor takes its name.
void ServicePlanner::finish_hand_over(const Replica& replica, const ObservedContainer& old,
                                      const ObservedContainer& successor) {
    if (work_.backing_off(replica.subject, replica.service.name)) return;
    const std::string reason = "the new container is up";
    Need previous;
    if (successor.state == ContainerState::paused) {
        (void)work_.add(step(replica, UnpauseContainer{successor.id}, "paused manually"));
        previous.waits_for = "the new container to run";
    } else if (successor.health == Health::starting) {
        previous.waits_for = "the new container to be healthy";
    }
    previous =
        run_hooks(replica, successor.id, owed_hooks(replica, successor), RunHook::When::post_start, previous);
    if (is_alive(old)) previous.after = {stop(replica, old, reason, previous)};
    if (is_unproven(successor)) {
        const UnprovenRun& run = work_.history.unproven.at(successor.id);
        join(previous, {.waits_for = "the new container to stay up for " + seconds_of(run)});
    }
    hold_unproven(replica, successor);
    previous.after = {work_.add(step(replica, RemoveContainer{old.id}, reason), previous)};
    (void)work_.add(step(replica, RenameContainer{successor.id, replica.name}, reason,
                         {{"name", successor.name.value, replica.name.value}}),
                    previous);
}

/// Rolls back. The old container is started before the successor is removed, so that a crash in between loses
/// nothing.
void ServicePlanner::put_back(const Replica& replica, const ObservedContainer& old,
                              const ObservedContainer& successor, const std::string& reason) {
    const Judgement judgement = judge(replica.service, old, work_.history);
    const bool starts = was_stopped_for(successor, old) || judgement.verdict == Verdict::stopped;
    if (starts) not_started(replica);
    // Backoff after the successor's failure must not delay the old container's start, unless the engine has
    // refused to start the old container.
    const bool urgent = starts && old.error.empty();
    if (!urgent && work_.backing_off(replica.subject, replica.service.name)) return;
    Need previous;
    if (is_alive(successor)) {
        previous.after = {stop(replica, successor, reason, previous)};
    }
    // If the engine refuses to start the old container, there is nothing to roll back to: the next plan
    // creates what the settings ask for.
    if (starts && old.error.empty()) {
        previous.after = {start(replica, old.id, old.state == ContainerState::created, reason, previous)};
    }
    (void)work_.add(step(replica, RemoveContainer{successor.id}, reason), previous);
    if (replica.number == 1) first_containers_[replica.service.name] = old.id;
}

}  // namespace dockerext::plan
