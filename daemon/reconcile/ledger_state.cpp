#include "reconcile/ledger_state.hpp"

namespace dockerext::reconcile {

using namespace model;

void failed(LedgerState& ledger, const Subject& subject, const std::string& error, unsigned immediate_retries,
            const Backoff& backoff, SteadyTime now, WallTime wall_now) {
    FailureRecord& failure_record = ledger.history.failure_records[subject];
    failure_record.engine_unavailable = false;
    if (failure_record.failures++ == 0) failure_record.since = wall_now;
    failure_record.last_error = error;
    const unsigned counted =
        failure_record.failures > immediate_retries ? failure_record.failures - immediate_retries : 0;
    failure_record.next_attempt = now + backoff.after(counted, ledger.jitter());
    ledger.well_since.erase(subject);
    ledger.repairs.erase(subject);
}

void forget_absent_containers(LedgerState& ledger, const Observed& observed) {
    const auto gone = [&](const auto& entry) { return !observed.containers.contains(entry.first); };
    std::erase_if(ledger.history.ended_run, gone);
    std::erase_if(ledger.history.failed_successors, gone);
    std::erase_if(ledger.history.restarted_for, gone);
    std::erase_if(ledger.history.unproven, gone);
    std::erase_if(ledger.restarts, gone);
    std::erase_if(ledger.proven_successors, gone);
    std::erase_if(ledger.proven, [&](const ContainerId& id) { return !observed.containers.contains(id); });
    std::erase_if(ledger.events, gone);
    std::erase_if(ledger.history.pending_hooks, [&](const auto& entry) {
        const ContainerId& container = entry.second.container;
        return !container.empty() && !observed.containers.contains(container) &&
               !ledger.under_way.contains(entry.first);
    });
    std::erase_if(ledger.counted, gone);
}

void restore(LedgerState& ledger, const state::DaemonState& saved) {
    ledger.running = saved.running;
    ledger.history.ended_run = saved.ended_run;
    ledger.proven = saved.proven;
    ledger.history.failed_rollouts = saved.failed_rollouts;
    ledger.history.last_update = saved.last_update;
    ledger.history.former_networks = saved.former_networks;
    ledger.history.repair_counts = saved.repair_counts;
    ledger.history.pulled = saved.pulled;
    ledger.history.registry_images = saved.registry_images;
    ledger.history.pending_hooks = saved.pending_hooks;
    ledger.history.restarted_for = saved.restarted_for;
    ledger.history.asked_restarts = saved.asked_restarts;
    ledger.history.recreated = saved.recreated;
    ledger.history.completed = saved.completed;
    ledger.history.brought = saved.brought;
    for (const ImageRef& reference : saved.arrived)
        ledger.arriving[reference] = {.arrival = LedgerState::Arrival::new_image};
    ledger.images_before = saved.images_before;
}

void save(const LedgerState& ledger, state::DaemonState& saved) {
    saved.running = ledger.running;
    saved.ended_run = ledger.history.ended_run;
    saved.proven = ledger.proven;
    saved.failed_rollouts = ledger.history.failed_rollouts;
    saved.last_update = ledger.history.last_update;
    saved.former_networks = ledger.history.former_networks;
    saved.repair_counts = ledger.history.repair_counts;
    saved.pulled = ledger.history.pulled;
    saved.registry_images = ledger.history.registry_images;
    saved.pending_hooks = ledger.history.pending_hooks;
    saved.restarted_for = ledger.history.restarted_for;
    saved.asked_restarts = ledger.history.asked_restarts;
    saved.recreated = ledger.history.recreated;
    saved.completed = ledger.history.completed;
    saved.brought = ledger.history.brought;
    saved.arrived.clear();
    for (const auto& [reference, arriving] : ledger.arriving) {
        if (arriving.arrival == LedgerState::Arrival::new_image) saved.arrived.insert(reference);
    }
    saved.images_before = saved.arrived.empty() ? std::set<ImageId>() : ledger.images_before;
}

}  // namespace dockerext::reconcile
