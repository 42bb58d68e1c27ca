#include "reconcile/failure_ledger.hpp"

#include "base/overloaded.hpp"
#include "model/registry.hpp"
#include "plan/slots.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// How many failures in a row an absent engine may explain; after more, the step itself may be what ends the
/// engine.
constexpr unsigned patience = 2;

ServiceName service_of(const Subject& container) {
    return {container.name.substr(0, container.name.rfind('-'))};
}

/// The reason of a hook's step names the hook.
std::string error_of(const apply::Outcome& outcome) {
    const bool hook = std::holds_alternative<RunHook>(outcome.step.operation);
    const std::string what = hook ? outcome.step.reason : std::string(verb(outcome.step.operation));
    return what + ": " + outcome.error->message();
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

}  // namespace

void FailureLedger::planned(const Plan& plan) {
    owe_hooks(plan);
    note_former_networks(plan);
    for (const Step& step : plan.steps) {
        if (!step.waits_for.empty()) continue;
        ++under_way_[step.subject];
        history_.busy.insert(step.subject);
    }
    for (auto& [subject, fields] : repairs_in(plan)) mending_[subject].fields.merge(fields);
    note_recreations(plan);
}

void FailureLedger::record(const apply::Outcome& outcome, SteadyTime now, WallTime wall_now) {
    const Subject& subject = outcome.step.subject;
    if (outcome.error) mending_.erase(subject);
    if (!outcome.skipped) hook_ended(outcome);
    if (outcome.error && !outcome.skipped) {
        recreating_.erase(subject);
        if (outcome.error->kind() != ErrorKind::cancelled && !outdated_.contains(subject)) {
            const unsigned free_tries = count_failed_replacement(outcome.step) ? 1 : 0;
            failed(subject, error_of(outcome), free_tries, backoff_after(outcome, backoff_), now, wall_now);
            history_.troubles[subject].engine_was_away = outcome.error->kind() == ErrorKind::unavailable;
        }
    }
    if (!outcome.error) succeeded(outcome, now, wall_now);
    const auto steps = under_way_.find(subject);
    if (steps == under_way_.end() || --steps->second > 0) return;
    under_way_.erase(steps);
    outdated_.erase(subject);
    const auto mended = mending_.extract(subject);
    if (mended && !mended.mapped().fields.empty()) repaired(subject, mended.mapped(), now);
}

void FailureLedger::succeeded(const apply::Outcome& outcome, SteadyTime now, WallTime wall_now) {
    const Subject& subject = outcome.step.subject;
    std::visit(overloaded{
                   [&](const PullImage& pull) { history_.pulled.insert(pull.image); },
                   [&](const BuildImage& build) { history_.pulled.insert(build.image); },
                   [&](const RestartContainer& restart) {
                       started(outcome);
                       const auto* id = std::get_if<ContainerId>(&restart.container);
                       const bool wanted = id != nullptr && history_.restart_wanted.erase(*id) > 0;
                       if (id != nullptr && restart.follows) history_.followed[*id] = *restart.follows;
                       // The next restart has to wait; if this one followed a container that keeps ending,
                       // only the one after that.
                       if (wanted) return;
                       if (restart.follows) failed(subject, outcome.step.reason, 1, backoff_, now, wall_now);
                       else failed(subject, "was unhealthy", 0, backoff_, now, wall_now);
                   },
                   [&](const StartContainer&) {
                       started(outcome);
                       const auto fields = recreating_.extract(subject);
                       if (fields.empty()) return;
                       mending_[subject].fields.merge(fields.mapped());
                       mending_[subject].recreated = true;
                   },
                   [&](const DisconnectNetwork& disconnect) {
                       const auto* id = std::get_if<ContainerId>(&disconnect.container);
                       const auto slot = id == nullptr ? slots_.end() : slots_.find(*id);
                       const bool for_network = subject.kind == Subject::Kind::network;
                       if (for_network && slot != slots_.end()) repairs_.erase(subject_of(slot->second));
                   },
                   [&](const CreateNetwork& network) {
                       if (network.puts_back) put_back(subject, now);
                   },
                   [](const auto&) {},
               },
               outcome.step.operation);
}

void FailureLedger::failed(const Subject& subject, const std::string& error, unsigned free_tries,
                           const Backoff& backoff, SteadyTime now, WallTime wall_now) {
    Trouble& trouble = history_.troubles[subject];
    trouble.engine_was_away = false;
    if (trouble.failures++ == 0) trouble.since = wall_now;
    trouble.last_error = error;
    const unsigned counted = trouble.failures > free_tries ? trouble.failures - free_tries : 0;
    trouble.next_attempt = now + backoff.after(counted, jitter_());
    well_since_.erase(subject);
    repairs_.erase(subject);
}

void FailureLedger::reset_backoff(const std::set<ServiceName>& services) {
    const auto meant = [&](const Subject& subject) {
        if (services.empty() || subject.kind != Subject::Kind::container) return true;
        return services.contains(service_of(subject));
    };
    std::erase_if(history_.troubles, [&](const auto& entry) { return meant(entry.first); });
    std::erase_if(history_.repaired_for, [&](const auto& entry) { return meant(entry.first); });
    std::erase_if(history_.failed_rollouts, [&](const auto& entry) { return meant(entry.first); });
    std::erase_if(repairs_, [&](const auto& entry) { return meant(entry.first); });
    if (!services.empty())
        std::erase_if(history_.completed, [&](const auto& entry) { return meant(entry.first); });
}

void FailureLedger::new_settings() {
    history_.troubles.clear();
    history_.repaired_for.clear();
    repairs_.clear();
    history_.failed_successors.clear();
    history_.failed_rollouts.clear();
    history_.pulled.clear();
    for (const auto& [subject, steps] : under_way_) outdated_.insert(subject);
    for (auto& [subject, owed] : history_.owed_hooks) {
        owed.count = OwedHooks::all;  // the new settings may have other hooks
        owed.failure.clear();
    }
}

void FailureLedger::new_project() { history_.completed.clear(); }

void FailureLedger::snapshot_begun() {
    over_ = history_.busy;
    std::erase_if(over_, [&](const Subject& subject) { return under_way(subject); });
    for (auto& [id, told] : told_) {
        if (told.order) told.order->is_before_snapshot = true;
    }
}

void FailureLedger::snapshot_taken() {
    for (const Subject& subject : over_) history_.busy.erase(subject);
    over_.clear();
}

void FailureLedger::snapshot_taken(const Desired& desired, const Observed& observed, SteadyTime now,
                                   WallTime wall_now) {
    snapshot_taken();
    const auto before = running_;
    const bool complete = knows_every(Subject::Kind::container, observed);
    if (complete) {
        running_.clear();
        slots_.clear();
    }
    for (const auto& [id, container] : observed.containers) {
        slots_[id] = container.slot;
        running_.erase(id);
        if (const auto told = told_.find(id); told != told_.end()) {
            note_cut_off(container, told->second);
            note_order_to_end(container, told->second);
        }
        const bool alive =
            container.state == ContainerState::running || container.state == ContainerState::paused;
        if (alive) running_[id] = container.started_at;
        if (alive) follow_run(container);
        const auto run = before.find(id);
        follow_proof(desired, container, run == before.end() ? std::nullopt : std::optional(run->second),
                     now);
        if (plan::is_successor(container)) judge_successor(container, now, wall_now);
        else if (container.state == ContainerState::exited) judge_ending(desired, container, now, wall_now);
        note_completion(desired.project, container);
    }
    std::erase_if(history_.completed, [&](const auto& entry) {
        return !desired.project.services.contains(service_of(entry.first));
    });
    want_restarts(desired.project, observed);
    forget_former_networks(desired, observed);
    if (complete) forget_the_gone(observed);
}

void FailureLedger::forget_the_gone(const Observed& observed) {
    const auto gone = [&](const auto& entry) { return !observed.containers.contains(entry.first); };
    std::erase_if(history_.past, gone);
    std::erase_if(history_.failed_successors, gone);
    std::erase_if(history_.followed, gone);
    std::erase_if(history_.unproven, gone);
    std::erase_if(restarts_, gone);
    std::erase_if(proven_successors_, gone);
    std::erase_if(told_, gone);
    std::erase_if(history_.owed_hooks, [&](const auto& entry) {
        const ContainerId& container = entry.second.container;
        return !container.empty() && !observed.containers.contains(container) && !under_way(entry.first);
    });
    std::erase_if(counted_, gone);
}

void FailureLedger::engine_returned() {
    for (auto& [subject, trouble] : history_.troubles) {
        if (trouble.engine_was_away && trouble.failures <= patience) trouble.next_attempt = {};
    }
}

void FailureLedger::registry_knows_us(const std::string& key) {
    for (auto& [subject, trouble] : history_.troubles) {
        if (subject.kind == Subject::Kind::image && registry_of(subject.name) == key)
            trouble.next_attempt = {};
    }
}

void FailureLedger::restore(const state::Memory& memory) {
    running_ = memory.running;
    history_.past = memory.past;
    history_.failed_rollouts = memory.failed_rollouts;
    history_.former_networks = memory.former_networks;
    history_.repaired_for = memory.repaired_for;
    history_.pulled = memory.pulled;
    history_.owed_hooks = memory.owed_hooks;
    history_.followed = memory.followed;
    history_.recreated = memory.recreated;
    history_.completed = memory.completed;
}

void FailureLedger::save_to(state::Memory& memory) const {
    memory.running = running_;
    memory.past = history_.past;
    memory.failed_rollouts = history_.failed_rollouts;
    memory.former_networks = history_.former_networks;
    memory.repaired_for = history_.repaired_for;
    memory.pulled = history_.pulled;
    memory.owed_hooks = history_.owed_hooks;
    memory.followed = history_.followed;
    memory.recreated = history_.recreated;
    memory.completed = history_.completed;
}

}  // namespace dockerext::reconcile
