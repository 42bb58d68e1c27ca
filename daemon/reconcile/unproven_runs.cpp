// The part of FailureLedger that knows which runs are unproven.
#include "plan/slots.hpp"
#include "reconcile/failure_ledger.hpp"

namespace dockerext::reconcile {

using namespace model;

namespace {

bool is_well(const ObservedContainer& container) {
    return container.state == ContainerState::running &&
           (container.health == Health::none || container.health == Health::healthy);
}

/// How long a run of the service has to last.
std::chrono::seconds monitor_of(const Desired& desired, const ServiceName& name) {
    const auto service = desired.project.services.find(name);
    const bool says = service != desired.project.services.end() && service->second.monitor;
    return says ? *service->second.monitor : desired.policy.monitor;
}

}  // namespace

/// `before` is the run that the previous snapshot showed for the container, if any.
void FailureLedger::follow_proof(const Desired& desired, const ObservedContainer& container,
                                 std::optional<WallTime> before, SteadyTime now) {
    const ContainerId& id = container.id;
    if (!plan::is_alive(container)) {
        history_.unproven.erase(id);
        restarts_.erase(id);
        return;
    }
    const bool restarted = is_restarted_by_engine(container);
    restarts_[id] = container.restart_count;
    const auto known = history_.unproven.find(id);
    const bool was_unproven = known != history_.unproven.end();
    const bool same_run = was_unproven && known->second.run == container.started_at;
    if (restarted || (!same_run && (was_unproven || has_to_prove(container, before)))) {
        const std::string last_end =
            restarted ? how_it_keeps_ending(container) : (was_unproven ? known->second.last_end : "");
        const auto needed = monitor_of(desired, container.slot.service);
        history_.unproven[id] = {container.started_at, now + needed, last_end, needed};
    }
    begun_.erase(id);
    const auto unproven = history_.unproven.find(id);
    if (unproven == history_.unproven.end() || !is_well(container) || now < unproven->second.proven_at)
        return;
    history_.unproven.erase(unproven);
    if (plan::is_successor(container)) proven_successors_[id] = container.started_at;
}

/// Whether the daemon started the run, or its subject has failed recently. The run of a successor always has
/// to prove itself, even if an earlier process of the daemon started it.
bool FailureLedger::has_to_prove(const ObservedContainer& container, std::optional<WallTime> before) const {
    if (begun_.contains(container.id)) return true;
    if (plan::is_successor(container)) {
        const auto proven = proven_successors_.find(container.id);
        return proven == proven_successors_.end() || proven->second != container.started_at;
    }
    return before != container.started_at && history_.troubles.contains(subject_of(container.slot));
}

/// Whether the engine's restart policy restarts the container now, or has since the previous snapshot.
bool FailureLedger::is_restarted_by_engine(const ObservedContainer& container) const {
    if (container.state == ContainerState::restarting) return true;
    const auto restarts = restarts_.find(container.id);
    return restarts != restarts_.end() && container.restart_count > restarts->second;
}

/// While the container runs again, only the event of its end has the exit code.
std::string FailureLedger::how_it_keeps_ending(const ObservedContainer& container) const {
    const auto told = told_.find(container.id);
    const bool ended = container.state == ContainerState::restarting;
    const std::string code =
        ended ? std::to_string(container.exit_code) : (told == told_.end() ? "" : told->second.exit_code);
    return "keeps exiting" + (code.empty() ? "" : " (exit code " + code + ")") + "; the engine restarts it";
}

}  // namespace dockerext::reconcile
