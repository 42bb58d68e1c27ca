#include "plan/strategies/restart.hpp"

#include "plan/slots.hpp"

namespace dockerext::plan {

using namespace model;

std::string reason_to_restart(const Replica& replica, const ObservedContainer& container,
                              const Judgement& judgement, const std::optional<Stranded>& left_behind) {
    if (judgement.verdict == Verdict::unhealthy && replica.work.desired.policy.restart_unhealthy)
        return judgement.reason;
    if (left_behind) return left_behind->reason;
    const bool asked = replica.work.history.restart_wanted.contains(container.id);
    return asked && container.state == ContainerState::running ? "a service that it depends on was recreated"
                                                               : "";
}

StepId restart(const Replica& replica, const ObservedContainer& container, const std::string& reason,
               const std::optional<Stranded>& left_behind, const Chain& chain) {
    RestartContainer operation{container.id, grace_of(container)};
    std::vector<Change> changes;
    if (left_behind) {
        operation.follows = left_behind->owner_started;
        changes.push_back(left_behind->change);
    } else if (const auto wanted = replica.work.history.restart_wanted.find(container.id);
               wanted != replica.work.history.restart_wanted.end()) {
        operation.follows = wanted->second;
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
