#include "plan/strategies/roll_back.hpp"

#include "plan/container_steps.hpp"
#include "plan/slots.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

/// Whether the old container ran until the successor existed. Then it was stopped for the hand-over, whatever
/// its exit code.
bool was_stopped_for(const ObservedContainer& successor, const ObservedContainer& old) {
    return old.state == ContainerState::exited && old.finished_at >= successor.created_at;
}

/// Whether a crash has interrupted a rollback, in which case its reason is lost. The signs are that the
/// successor has ended, possibly with code 0, or that the old container runs again since. A job that
/// completed is not a sign. With a health check, that cannot be known after the end, because engines then
/// report every such container as unhealthy.
bool was_rolling_back(const ObservedContainer& old, const ObservedContainer& successor) {
    if (successor.state != ContainerState::exited) return false;
    if (is_alive(old)) return old.started_at > successor.started_at;
    return successor.health == Health::unhealthy && was_stopped_for(successor, old);
}

/// The step that starts a container, among the steps from `first` on. The successor goes after it, and not
/// after the hooks that follow: in an old container that ends again, they fail, and the successor would stay
/// for ever.
StepId start_step(const Plan& plan, StepId first) {
    StepId id = first;
    while (!std::holds_alternative<StartContainer>(plan.steps.at(id).operation)) ++id;
    return id;
}

}  // namespace

std::string failure_of(const ObservedContainer& old, const ObservedContainer& successor,
                       const Judgement& judgement, const History& history) {
    const auto known = history.failed_successors.find(successor.id);
    if (known != history.failed_successors.end()) return known->second;
    const auto ended_run = history.ended_run.find(successor.id);
    const bool known_end =
        ended_run != history.ended_run.end() && ended_run->second.run == successor.started_at;
    if (known_end && judgement.verdict == Verdict::stopped && successor.state == ContainerState::exited) {
        const bool by_others = ended_run->second.interrupted || ended_run->second.stopped_manually;
        return by_others ? "" : "failed: it was being rolled back";  // the daemon stops it only to roll back
    }
    if (was_rolling_back(old, successor)) return "failed: it was being rolled back";
    switch (judgement.verdict) {
    case Verdict::unhealthy: return "became unhealthy";
    case Verdict::restarting: return judgement.reason;  // "keeps exiting …"
    case Verdict::broken: return "failed: " + judgement.reason;
    case Verdict::failed:  // "exited with code 3 …", or why a post_start hook failed
        return (successor.exit_code == 0 ? "failed: " : "") + judgement.reason;
    case Verdict::stopped:
        if (successor.state == ContainerState::exited) return "exited with code " + exit_code_text(successor);
        return successor.error.empty() ? "" : "failed to start: " + successor.error;
    default: return "";
    }
}

void roll_back(const Replica& replica, const ObservedContainer& old, const ObservedContainer& successor,
               const std::string& reason) {
    const Judgement judgement = judge(replica.service, old, replica.work.history);
    const bool starts = was_stopped_for(successor, old) || judgement.verdict == Verdict::stopped;
    if (starts) mark_not_started(replica);
    // Backoff after the successor's failure must not delay the old container's start, unless that has failed
    // already: the engine has refused it, or the container has ended again.
    const bool was_tried = old.started_at > successor.created_at;
    const bool urgent = starts && old.error.empty() && !was_tried;
    if (!urgent && replica.work.backing_off(replica.subject, replica.service.name)) return;
    Need previous;
    if (is_alive(successor)) {
        previous.after = {stop(replica, successor, reason, previous)};
    }
    // If the engine refuses to start the old container, there is nothing to roll back to: the next plan
    // creates what the settings ask for.
    if (starts && old.error.empty()) {
        const StepId first = replica.work.plan.steps.size();
        (void)start(replica, old.id, next_start(old), reason, previous);
        previous.after = {start_step(replica.work.plan, first)};
    }
    (void)replica.work.add(step(replica, RemoveContainer{successor.id}, reason), previous);
    will_stay(replica, old);
}

void roll_back_failed(const Replica& replica, const ObservedContainer& old,
                      const ObservedContainer& successor, const Judgement& judgement,
                      const std::string& failure) {
    mark_ended(replica, judgement);
    const std::string why = "rollout failed: new container " + failure + "; rolling back";
    hold(replica, Held::Why::failed, why);
    roll_back(replica, old, successor, why);
}

}  // namespace dockerext::plan
