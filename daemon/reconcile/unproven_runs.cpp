#include "reconcile/unproven_runs.hpp"

#include "plan/slots.hpp"

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

/// Whether the daemon started the run, or its subject has failed recently. The run of a successor always has
/// to prove itself, even if an earlier process of the daemon started it.
bool has_to_prove(const LedgerState& ledger, const ObservedContainer& container,
                  std::optional<WallTime> before) {
    if (ledger.begun.contains(container.id)) return true;
    if (plan::is_successor(container)) {
        const auto proven = ledger.proven_successors.find(container.id);
        return proven == ledger.proven_successors.end() || proven->second != container.started_at;
    }
    return before != container.started_at && ledger.history.troubles.contains(subject_of(container.slot));
}

/// Whether the engine's restart policy restarts the container now, or has since the previous snapshot.
bool is_restarted_by_engine(const LedgerState& ledger, const ObservedContainer& container) {
    if (container.state == ContainerState::restarting) return true;
    const auto restarts = ledger.restarts.find(container.id);
    return restarts != ledger.restarts.end() && container.restart_count > restarts->second;
}

/// While the container runs again, only the event of its end has the exit code.
std::string how_it_keeps_ending(const LedgerState& ledger, const ObservedContainer& container) {
    const auto told = ledger.told.find(container.id);
    const bool ended = container.state == ContainerState::restarting;
    const std::string code = ended ? std::to_string(container.exit_code)
                                   : (told == ledger.told.end() ? "" : told->second.exit_code);
    return "keeps exiting" + (code.empty() ? "" : " (exit code " + code + ")") + "; the engine restarts it";
}

}  // namespace

void follow_proof(LedgerState& ledger, const Desired& desired, const ObservedContainer& container,
                  std::optional<WallTime> before, SteadyTime now) {
    const ContainerId& id = container.id;
    if (!plan::is_alive(container)) {
        ledger.history.unproven.erase(id);
        ledger.restarts.erase(id);
        return;
    }
    const bool restarted = is_restarted_by_engine(ledger, container);
    ledger.restarts[id] = container.restart_count;
    const auto known = ledger.history.unproven.find(id);
    const bool was_unproven = known != ledger.history.unproven.end();
    const bool same_run = was_unproven && known->second.run == container.started_at;
    if (restarted || (!same_run && (was_unproven || has_to_prove(ledger, container, before)))) {
        const std::string last_end =
            restarted ? how_it_keeps_ending(ledger, container) : (was_unproven ? known->second.last_end : "");
        const auto needed = monitor_of(desired, container.slot.service);
        ledger.history.unproven[id] = {container.started_at, now + needed, last_end, needed};
    }
    ledger.begun.erase(id);
    const auto unproven = ledger.history.unproven.find(id);
    if (unproven == ledger.history.unproven.end() || !is_well(container) || now < unproven->second.proven_at)
        return;
    ledger.history.unproven.erase(unproven);
    if (plan::is_successor(container)) ledger.proven_successors[id] = container.started_at;
}

}  // namespace dockerext::reconcile
