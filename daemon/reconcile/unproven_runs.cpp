#include "reconcile/unproven_runs.hpp"

#include "plan/slots.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

bool is_healthy(const ObservedContainer& container) {
    return container.state == ContainerState::running &&
           (container.health == Health::none || container.health == Health::healthy);
}

/// How long a run of the service has to last.
std::chrono::seconds monitor_of(const Desired& desired, const ServiceName& name) {
    const auto service = desired.project.services.find(name);
    const bool has_monitor = service != desired.project.services.end() && service->second.update.monitor;
    return has_monitor ? *service->second.update.monitor : desired.policy.monitor;
}

/// How long the health check of the container may take to decide; without values, with the engine's own.
std::chrono::seconds longest_check(const ObservedContainer& container) {
    using namespace std::chrono_literals;
    const auto& check = container.spec.healthcheck;
    if (!check) return 0s;
    const auto value_or = [](std::optional<std::chrono::nanoseconds> value, std::chrono::seconds usual) {
        return value && *value != 0ns ? std::chrono::ceil<std::chrono::seconds>(*value) : usual;
    };
    const int retries = check->retries.value_or(0) != 0 ? *check->retries : 3;
    return value_or(check->start_period, 0s) +
           retries * (value_or(check->interval, 30s) + value_or(check->timeout, 30s));
}

/// Whether the daemon started the run, or its subject has failed recently. The run of a successor always has
/// to prove itself, even if an earlier process of the daemon started it.
bool needs_proof(const LedgerState& ledger, const ObservedContainer& container,
                 std::optional<WallTime> before) {
    if (ledger.begun.contains(container.id)) return true;
    if (plan::is_successor(container)) {
        const auto proven = ledger.proven_successors.find(container.id);
        return proven == ledger.proven_successors.end() || proven->second != container.started_at;
    }
    return before != container.started_at &&
           ledger.history.failure_records.contains(subject_of(container.slot));
}

/// Whether the engine's restart policy restarts the container now, or has since the previous snapshot.
bool is_restarted_by_engine(const LedgerState& ledger, const ObservedContainer& container) {
    if (container.state == ContainerState::restarting) return true;
    const auto restarts = ledger.restarts.find(container.id);
    return restarts != ledger.restarts.end() && container.restart_count > restarts->second;
}

/// While the container runs again, only the event of its end has the exit code.
std::string crash_loop_reason(const LedgerState& ledger, const ObservedContainer& container) {
    const auto events = ledger.events.find(container.id);
    const bool ended = container.state == ContainerState::restarting;
    const bool has_event = events != ledger.events.end() && !events->second.exit_code.empty();
    std::string code = has_event ? exit_code_text(std::atoi(events->second.exit_code.c_str())) : "";
    if (ended) code = exit_code_text(container);
    return "keeps exiting" + (code.empty() ? "" : " (exit code " + code + ")") + "; the engine restarts it";
}

}  // namespace

void track_unproven_run(LedgerState& ledger, const Desired& desired, const ObservedContainer& container,
                        std::optional<WallTime> before, SteadyTime now, WallTime wall_now) {
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
    if (restarted || (!same_run && (was_unproven || needs_proof(ledger, container, before)))) {
        const std::string previous_failure = restarted ? crash_loop_reason(ledger, container)
                                                       : (was_unproven ? known->second.previous_failure : "");
        const auto monitor = monitor_of(desired, container.slot.service);
        const auto deadline = now + std::max(desired.policy.rollout_deadline, longest_check(container));
        ledger.history.unproven[id] = {container.started_at, {}, previous_failure, monitor, deadline};
    }
    ledger.begun.erase(id);
    const auto unproven = ledger.history.unproven.find(id);
    if (unproven == ledger.history.unproven.end()) return;
    UnprovenRun& run = unproven->second;
    if (!is_healthy(container)) return run.healthy_since.reset();
    if (!run.healthy_since) run.healthy_since = now;
    if (now < *run.proven_at()) return;
    ledger.history.unproven.erase(unproven);
    ledger.proven.insert(id);
    if (!plan::is_successor(container)) return;
    ledger.proven_successors[id] = container.started_at;
    ledger.history.last_update[container.slot.service] = wall_now;
}

}  // namespace dockerext::reconcile
