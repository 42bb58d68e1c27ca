#include "plan/replica.hpp"

namespace dockerext::plan {

using namespace model;

void hold(const Replica& replica, Held::Why why, std::string reason) {
    replica.work.hold({replica.subject, replica.service.name, why, std::move(reason), {}});
}

void hold_unproven(const Replica& replica, const ObservedContainer& container) {
    const auto found = replica.work.history.unproven.find(container.id);
    if (found == replica.work.history.unproven.end()) return;
    const UnprovenRun& run = found->second;
    const auto next = run.healthy_since ? run.proven_at() : run.deadline;
    const bool by_time = container.state == ContainerState::running && next && *next > replica.work.now;
    replica.work.hold(
        {replica.subject, replica.service.name, Held::Why::unproven,
         run.previous_failure.empty() ? "not up for " + seconds_of(run) + " yet" : run.previous_failure,
         by_time ? next : std::nullopt});
}

bool is_unproven(const Replica& replica, const ObservedContainer& container) {
    return replica.work.history.unproven.contains(container.id);
}

std::string seconds_of(const UnprovenRun& run) { return std::to_string(run.monitor.count()) + " s"; }

void update_dependency_status(const Replica& replica, const ObservedContainer& container,
                              const Judgement& judgement) {
    const bool running = judgement.verdict == Verdict::running;
    replica.dependency_status.healthy =
        replica.dependency_status.healthy && running && container.health == Health::healthy;
    replica.dependency_status.completed = replica.dependency_status.completed &&
                                          judgement.verdict == Verdict::completed && container.exit_code == 0;
    if (judgement.verdict == Verdict::unhealthy || judgement.verdict == Verdict::restarting)
        replica.dependency_status.degraded = true;
    will_stay(replica, container);
}

void will_stay(const Replica& replica, const ObservedContainer& container) {
    if (replica.number == 1) replica.dependency_status.first_container = container.id;
}

void will_be_replaced(const Replica& replica) {
    if (replica.number == 1) replica.dependency_status.first_container.reset();
}

void mark_ended(const Replica& replica, const Judgement& judgement) {
    if (judgement.verdict == Verdict::failed && replica.dependency_status.failed.empty())
        replica.dependency_status.failed = judgement.reason;
    if (judgement.verdict == Verdict::failed) replica.dependency_status.ended = judgement.reason;
    if (judgement.verdict == Verdict::completed) replica.dependency_status.ended = "exited with code 0";
}

void remains_completed(const Replica& replica) {
    replica.dependency_status.healthy = false;
    replica.dependency_status.ended = "exited with code 0";
}

void mark_not_started(const Replica& replica) {
    join(replica.dependency_status.started, {.waits_for = replica.service.name.value + " to be started"});
    replica.dependency_status.healthy = replica.dependency_status.completed = false;
}

void mark_unknown(const Replica& replica) {
    join(replica.dependency_status.started, {.waits_for = "the state of " + to_string(replica.subject)});
    replica.dependency_status.healthy = replica.dependency_status.completed = false;
}

void mark_will_not_start(const Replica& replica) {
    mark_not_started(replica);
    replica.dependency_status.degraded = true;
}

void mark_will_start(const Replica& replica, StepId start) {
    join(replica.dependency_status.started,
         {.after = {start}, .waits_for = replica.work.plan.steps[start].waits_for});
    replica.dependency_status.failed.clear();  // it gets another attempt
    replica.dependency_status.ended.clear();
    replica.dependency_status.healthy = replica.dependency_status.completed = false;
}

}  // namespace dockerext::plan
