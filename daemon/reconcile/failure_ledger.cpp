#include "reconcile/failure_ledger.hpp"

#include "base/overloaded.hpp"
#include "model/registry.hpp"
#include "plan/slots.hpp"
#include "reconcile/brought_images.hpp"
#include "reconcile/network_replacement.hpp"
#include "reconcile/pending_hooks.hpp"
#include "reconcile/registry_images.hpp"
#include "reconcile/repairs.hpp"
#include "reconcile/requested_restarts.hpp"
#include "reconcile/run_ends.hpp"
#include "reconcile/unproven_runs.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// How many failures in a row an absent engine may explain; after more, the step itself may be what ends the
/// engine.
constexpr unsigned tolerated_absences = 2;

/// The reason of a hook's step names the hook. Services are told about failures of what they share, so that
/// is named.
std::string error_of(const apply::Outcome& outcome) {
    const Step& step = outcome.step;
    const bool hook = std::holds_alternative<RunHook>(step.operation);
    const bool is_shared = step.subject.kind == Subject::Kind::image ||
                           step.subject.kind == Subject::Kind::network ||
                           step.subject.kind == Subject::Kind::volume;
    std::string what = hook ? step.reason : std::string(verb(step.operation));
    if (is_shared && !step.object.empty()) what += " " + step.object;
    return what + ": " + outcome.error->message();
}

/// Somebody uses the image; the settings have nothing to do with it.
bool is_refused_removal(const apply::Outcome& outcome) {
    return std::holds_alternative<RemoveImage>(outcome.step.operation) &&
           outcome.error->kind() == ErrorKind::conflict;
}

/// Special backoffs: systemd itself tries to start dockerd three times, and a registry may lock out a user
/// after repeated wrong passwords.
Backoff backoff_after(const apply::Outcome& outcome, const Backoff& usual) {
    const bool refused = std::holds_alternative<VerifyLogin>(outcome.step.operation) &&
                         outcome.error->kind() == ErrorKind::invalid_input;
    if (refused) return {.first = std::chrono::seconds(60)};
    const bool starts_engine = std::holds_alternative<StartEngine>(outcome.step.operation);
    return starts_engine ? Backoff{.first = std::chrono::seconds(30)} : usual;
}

/// "not found" and "access denied" are answers (404); a network that is down gives another error.
void note_answer_of_registry(LedgerState& ledger, const apply::Outcome& outcome) {
    const Subject& subject = outcome.step.subject;
    if (subject.kind != Subject::Kind::image || outcome.skipped) return;
    const bool is_absent = outcome.error && outcome.error->kind() == ErrorKind::not_found;
    if (is_absent) ledger.unavailable_images.insert(subject);
    else ledger.unavailable_images.erase(subject);
}

void track_other_objects(LedgerState& ledger, const Desired& desired, const Observed& observed,
                         WallTime wall_now) {
    forget_former_networks(ledger, desired, observed);
    track_brought_images(ledger, observed, wall_now);
    track_registry_images(ledger, desired, observed, wall_now);
    forget_outdated_rollouts(ledger, desired.project, observed);
}

}  // namespace

void FailureLedger::plan_started(const Plan& plan) {
    note_pending_hooks(state_, plan);
    note_former_networks(state_, plan);
    note_arriving_images(state_, plan);
    for (const Step& step : plan.steps) {
        if (!step.waits_for.empty()) continue;
        ++state_.under_way[step.subject];
        state_.history.busy.insert(step.subject);
    }
    for (auto& [subject, fields] : repairs_in(plan)) state_.open_repairs[subject].fields.merge(fields);
    note_recreations(state_, plan);
}

void FailureLedger::record(const apply::Outcome& outcome, SteadyTime now, WallTime wall_now) {
    const Subject& subject = outcome.step.subject;
    if (outcome.error) state_.open_repairs.erase(subject);
    note_answer_of_registry(state_, outcome);
    if (!outcome.skipped) hook_ended(state_, outcome);
    image_step_ended(state_, outcome, wall_now);
    if (outcome.error && !outcome.skipped) {
        state_.recreating.erase(subject);
        const bool counts = outcome.error->kind() != ErrorKind::cancelled && !is_refused_removal(outcome);
        if (counts && !state_.outdated.contains(subject)) {
            const std::string error = error_of(outcome);
            const unsigned immediate_retries = count_failed_replacement(state_, outcome.step, error) ? 1 : 0;
            failed(state_, subject, error, immediate_retries, backoff_after(outcome, state_.backoff), now,
                   wall_now);
            state_.history.failure_records[subject].engine_unavailable =
                outcome.error->kind() == ErrorKind::unavailable;
        }
    }
    if (!outcome.error) succeeded(outcome, now, wall_now);
    const auto steps = state_.under_way.find(subject);
    if (steps == state_.under_way.end() || --steps->second > 0) return;
    state_.under_way.erase(steps);
    state_.outdated.erase(subject);
    const auto finished_repair = state_.open_repairs.extract(subject);
    if (finished_repair && !finished_repair.mapped().fields.empty())
        repaired(state_, subject, finished_repair.mapped(), now);
}

void FailureLedger::succeeded(const apply::Outcome& outcome, SteadyTime now, WallTime wall_now) {
    const Subject& subject = outcome.step.subject;
    std::visit(overloaded{
                   [&](const PullImage& pull) {
                       state_.history.pulled.insert(pull.image);
                       image_pulled(state_, pull.image, wall_now);
                   },
                   [&](const BuildImage& build) { state_.history.pulled.insert(build.image); },
                   [&](const RestartContainer& restart) {
                       started(state_, outcome);
                       const auto* id = std::get_if<ContainerId>(&restart.container);
                       const bool was_pending =
                           id != nullptr && state_.history.pending_restarts.erase(*id) > 0;
                       if (id != nullptr && restart.cause_started_at)
                           state_.history.restarted_for[*id] = *restart.cause_started_at;
                       // The next restart has to wait; if this one followed a container that keeps ending,
                       // only the one after that.
                       if (was_pending) return;
                       if (restart.cause_started_at)
                           failed(state_, subject, outcome.step.reason, 1, state_.backoff, now, wall_now);
                       else failed(state_, subject, "was unhealthy", 0, state_.backoff, now, wall_now);
                   },
                   [&](const StartContainer&) {
                       started(state_, outcome);
                       const auto fields = state_.recreating.extract(subject);
                       if (fields.empty()) return;
                       state_.open_repairs[subject].fields.merge(fields.mapped());
                       state_.open_repairs[subject].recreated = true;
                   },
                   [&](const DisconnectNetwork& disconnect) {
                       const auto* id = std::get_if<ContainerId>(&disconnect.container);
                       const auto slot = id == nullptr ? state_.slots.end() : state_.slots.find(*id);
                       const bool for_network = subject.kind == Subject::Kind::network;
                       if (for_network && slot != state_.slots.end())
                           state_.repairs.erase(subject_of(slot->second));
                   },
                   [&](const CreateNetwork& network) {
                       if (network.is_rollback) network_restored(state_, subject, now);
                   },
                   [](const auto&) {},
               },
               outcome.step.operation);
}

bool FailureLedger::check_repairs(const Plan& plan, SteadyTime now, WallTime wall_now) {
    return reconcile::check_repairs(state_, plan, now, wall_now);
}

void FailureLedger::event_received(const engine::Event& event) {
    note_image_event(state_, event);
    reconcile::event_received(state_, event);
}

void FailureLedger::past_event_received(const engine::Event& event) {
    note_image_event(state_, event);
    reconcile::past_event_received(state_, event);
}

void FailureLedger::mark_unseen_ends_interrupted() { reconcile::mark_unseen_ends_interrupted(state_); }

void FailureLedger::reset_backoff(const std::set<ServiceName>& services) {
    const auto is_selected = [&](const Subject& subject) {
        if (services.empty() || subject.kind != Subject::Kind::container) return true;
        return services.contains(service_of(subject));
    };
    std::erase_if(state_.history.failure_records,
                  [&](const auto& entry) { return is_selected(entry.first); });
    std::erase_if(state_.history.repair_counts, [&](const auto& entry) { return is_selected(entry.first); });
    std::erase_if(state_.history.failed_rollouts,
                  [&](const auto& entry) { return is_selected(entry.first); });
    std::erase_if(state_.repairs, [&](const auto& entry) { return is_selected(entry.first); });
    if (!services.empty())
        std::erase_if(state_.history.completed, [&](const auto& entry) { return is_selected(entry.first); });
}

void FailureLedger::ask_restart(const std::set<ServiceName>& services, WallTime wall_now) {
    for (const ServiceName& service : services) state_.history.asked_restarts[service] = wall_now;
}

void FailureLedger::new_settings() {
    state_.history.failure_records.clear();
    state_.history.repair_counts.clear();
    state_.repairs.clear();
    state_.history.failed_successors.clear();
    state_.history.failed_rollouts.clear();
    state_.history.last_update.clear();
    state_.history.pulled.clear();
    for (const auto& [subject, steps] : state_.under_way) state_.outdated.insert(subject);
    for (auto& [subject, pending] : state_.history.pending_hooks) {
        pending.count = PendingHooks::all;  // the new settings may have other hooks
        pending.failure.clear();
    }
}

void FailureLedger::new_project() { state_.history.completed.clear(); }

void FailureLedger::snapshot_begun() {
    state_.over = state_.history.busy;
    std::erase_if(state_.over, [&](const Subject& subject) { return under_way(subject); });
    for (auto& [id, events] : state_.events) {
        if (events.stop_request) events.stop_request->is_before_snapshot = true;
    }
}

void FailureLedger::snapshot_taken() {
    for (const Subject& subject : state_.over) state_.history.busy.erase(subject);
    state_.over.clear();
}

void FailureLedger::snapshot_taken(const Desired& desired, const Observed& observed, SteadyTime now,
                                   WallTime wall_now, Coverage coverage) {
    snapshot_taken();
    const auto before = state_.running;
    const bool complete = coverage == Coverage::all_projects && all_known(Subject::Kind::container, observed);
    if (complete) {
        state_.running.clear();
        state_.slots.clear();
    }
    for (const auto& [id, container] : observed.containers) {
        state_.slots[id] = container.slot;
        state_.running.erase(id);
        if (const auto events = state_.events.find(id); events != state_.events.end()) {
            note_interruption(state_, container, events->second, wall_now);
            note_stop_request(state_, container, events->second);
        }
        const bool alive =
            container.state == ContainerState::running || container.state == ContainerState::paused;
        if (alive) state_.running[id] = container.started_at;
        if (alive) track_hooks_of_run(state_, container);
        const auto run = before.find(id);
        track_unproven_run(state_, desired, container,
                           run == before.end() ? std::nullopt : std::optional(run->second), now, wall_now);
        if (plan::is_successor(container))
            count_failed_successor(state_, desired, observed, container, now, wall_now);
        else if (container.state == ContainerState::exited)
            count_failed_run(state_, desired, container, now, wall_now);
        note_completion(state_, desired.project, container);
    }
    forget_removed_jobs(state_, desired.project);
    request_restarts(state_, desired.project, observed);
    track_other_objects(state_, desired, observed, wall_now);
    if (complete) forget_absent_containers(state_, observed);
}

void FailureLedger::engine_returned() {
    for (auto& [subject, failure_record] : state_.history.failure_records) {
        if (failure_record.engine_unavailable && failure_record.failures <= tolerated_absences)
            failure_record.next_attempt = {};
    }
}

void FailureLedger::registry_answered(const ImageRef& image, std::string digest,
                                      std::optional<WallTime> created_at, WallTime wall_now) {
    reconcile::registry_answered(state_, image, std::move(digest), created_at, wall_now);
}

void FailureLedger::registry_failed(const ImageRef& image, std::string error,
                                    std::optional<std::chrono::seconds> pause, WallTime wall_now) {
    reconcile::registry_failed(state_, image, std::move(error), pause, wall_now);
}

void FailureLedger::registry_accepts_login(const std::string& key) {
    for (auto& [subject, failure_record] : state_.history.failure_records) {
        if (subject.kind == Subject::Kind::image && registry_of(subject.name) == key)
            failure_record.next_attempt = {};
    }
}

}  // namespace dockerext::reconcile
