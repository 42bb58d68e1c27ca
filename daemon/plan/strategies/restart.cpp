#include "plan/strategies/restart.hpp"

#include "plan/slots.hpp"

namespace dockerext::plan {

using namespace model;

bool is_restart_asked(const Replica& replica, const ObservedContainer& container) {
    const History& history = replica.work.history;
    return history.pending_restarts.contains(container.id) &&
           history.asked_restarts.contains(replica.service.name) &&
           container.state == ContainerState::running;
}

std::string reason_to_restart(const Replica& replica, const ObservedContainer& container,
                              const Judgement& judgement,
                              const std::optional<StaleNamespace>& stale_namespace) {
    if (judgement.verdict == Verdict::unhealthy && replica.work.desired.policy.restart_unhealthy)
        return judgement.reason;
    if (stale_namespace) return stale_namespace->reason;
    if (is_restart_asked(replica, container)) return "asked for with `dockerextd restart`";
    const bool is_pending = replica.work.history.pending_restarts.contains(container.id) &&
                            container.state == ContainerState::running;
    return is_pending ? "a service that it depends on was recreated" : "";
}

StepId restart(const Replica& replica, const ObservedContainer& container, const std::string& reason,
               const std::optional<StaleNamespace>& stale_namespace, const Chain& chain) {
    RestartContainer operation{container.id, grace_of(container)};
    std::vector<Change> changes;
    if (stale_namespace) {
        operation.cause_started_at = stale_namespace->owner_started;
        changes.push_back(stale_namespace->change);
    } else if (const auto pending = replica.work.history.pending_restarts.find(container.id);
               pending != replica.work.history.pending_restarts.end()) {
        operation.cause_started_at = pending->second;
    }
    std::span<const Hook> before(replica.service.pre_stop);
    if (container.health == Health::unhealthy) before = {};
    const Need ready =
        run_hooks(replica, container.id, before, RunHook::When::pre_stop, {.after = chain.last});
    const StepId restarted =
        replica.work.add(step(replica, std::move(operation), reason, std::move(changes)), ready);
    const Need last = run_hooks(replica, container.id, replica.service.post_start, RunHook::When::post_start,
                                {.after = {restarted}});
    return last.after.back();
}

}  // namespace dockerext::plan
