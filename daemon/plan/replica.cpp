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
    const bool by_time = container.state == ContainerState::running && run.proven_at > replica.work.now;
    replica.work.hold({replica.subject, replica.service.name, Held::Why::unproven,
                       run.last_end.empty() ? "not up for " + seconds_of(run) + " yet" : run.last_end,
                       by_time ? std::optional(run.proven_at) : std::nullopt});
}

bool is_unproven(const Replica& replica, const ObservedContainer& container) {
    return replica.work.history.unproven.contains(container.id);
}

std::string seconds_of(const UnprovenRun& run) { return std::to_string(run.needed.count()) + " s"; }

void look_ahead(const Replica& replica, const ObservedContainer& container, const Judgement& judgement) {
    const bool running = judgement.verdict == Verdict::running;
    replica.outlook.healthy = replica.outlook.healthy && running && container.health == Health::healthy;
    replica.outlook.completed =
        replica.outlook.completed && judgement.verdict == Verdict::completed && container.exit_code == 0;
    if (judgement.verdict == Verdict::unhealthy || judgement.verdict == Verdict::restarting)
        replica.outlook.ill = true;
    will_stay(replica, container);
}

void will_stay(const Replica& replica, const ObservedContainer& container) {
    if (replica.number == 1) replica.outlook.first_container = container.id;
}

void will_be_replaced(const Replica& replica) {
    if (replica.number == 1) replica.outlook.first_container.reset();
}

void remains_ended(const Replica& replica, const Judgement& judgement) {
    if (judgement.verdict == Verdict::failed && replica.outlook.failed.empty())
        replica.outlook.failed = judgement.reason;
    if (judgement.verdict == Verdict::failed) replica.outlook.ended = judgement.reason;
    if (judgement.verdict == Verdict::completed) replica.outlook.ended = "exited with code 0";
}

void remains_completed(const Replica& replica) {
    replica.outlook.healthy = false;
    replica.outlook.ended = "exited with code 0";
}

void not_started(const Replica& replica) {
    join(replica.outlook.started, {.waits_for = replica.service.name.value + " to be started"});
    replica.outlook.healthy = replica.outlook.completed = false;
}

void not_known(const Replica& replica) {
    join(replica.outlook.started, {.waits_for = "the state of " + to_string(replica.subject)});
    replica.outlook.healthy = replica.outlook.completed = false;
}

void will_not_start(const Replica& replica) {
    not_started(replica);
    replica.outlook.ill = true;
}

void will_start(const Replica& replica, StepId start) {
    join(replica.outlook.started, {.after = {start}, .waits_for = replica.work.plan.steps[start].waits_for});
    replica.outlook.failed.clear();  // it gets another attempt
    replica.outlook.ended.clear();
    replica.outlook.healthy = replica.outlook.completed = false;
}

}  // namespace dockerext::plan
