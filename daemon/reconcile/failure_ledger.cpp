#include "reconcile/failure_ledger.hpp"

#include "base/overloaded.hpp"
#include "model/labels.hpp"
#include "model/registry.hpp"
#include "plan/slots.hpp"

#include <algorithm>
#include <array>

namespace dockerext::reconcile {

using namespace model;

namespace {

constexpr auto well_after = std::chrono::minutes(10);  ///< without a failure, and the row is forgotten
constexpr auto proper_run = std::chrono::seconds(10);  ///< shorter runs do not earn an immediate restart
constexpr unsigned patience =
    2;  ///< failures for want of an engine; after more it may be the step that ends the engine

bool ended(const ObservedContainer& container) {
    return container.state == ContainerState::exited || container.state == ContainerState::dead;
}

/// The signals that end a container: what `docker stop` sends, and what people send to the same end.
bool is_ending_signal(const std::string& signal) {
    constexpr std::array<std::string_view, 12> ending = {
        "2", "3", "9", "15", "SIGINT", "SIGQUIT", "SIGKILL", "SIGTERM", "INT", "QUIT", "KILL", "TERM"};
    return std::find(ending.begin(), ending.end(), signal) != ending.end();
}

std::string how_it_ended(const ObservedContainer& container) {
    if (!container.error.empty()) return container.error;
    if (container.health == Health::unhealthy && !ended(container)) return "became unhealthy";
    return "exited with code " + std::to_string(container.exit_code);
}

/// A hook's reason names it.
std::string words_of(const apply::Outcome& outcome) {
    const bool hook = std::holds_alternative<RunHook>(outcome.step.operation);
    const std::string what = hook ? outcome.step.reason : std::string(verb(outcome.step.operation));
    return what + ": " + outcome.error->message();
}

std::set<std::string> fields_of(const Step& step) {
    std::set<std::string> fields;
    for (const Change& change : step.changes) fields.insert(change.field);
    return fields;
}

/// Whether the step puts its fields right by itself; a new container does so when it has started.
bool mends(const Operation& operation) {
    return std::holds_alternative<ConnectNetwork>(operation) ||
           std::holds_alternative<DisconnectNetwork>(operation) ||
           std::holds_alternative<UpdateContainer>(operation) ||
           std::holds_alternative<RenameContainer>(operation) ||
           std::holds_alternative<RemoveNetwork>(operation);
}

}  // namespace

void FailureLedger::planned(const Plan& plan) {
    owe_hooks(plan);
    note_former_networks(plan);
    for (const Step& step : plan.steps) {
        if (!step.waits_for.empty()) continue;
        ++under_way_[step.subject];
        history_.busy.insert(step.subject);
        const auto* create = std::get_if<CreateContainer>(&step.operation);
        if (create != nullptr && create->spec.labels.contains(std::string(labels::replace))) {
            recreating_[step.subject] = fields_of(step);
        } else if (mends(step.operation)) {
            mending_[step.subject].merge(fields_of(step));
        }
    }
}

void FailureLedger::record(const apply::Outcome& outcome, SteadyTime now, WallTime wall_now) {
    const Subject& subject = outcome.step.subject;
    if (outcome.error) mending_.erase(subject);
    if (const auto steps = under_way_.find(subject); steps != under_way_.end() && --steps->second == 0) {
        under_way_.erase(steps);
        if (const auto mended = mending_.extract(subject)) count_repairs(subject, mended.mapped());
    }
    if (outcome.skipped) return;
    hook_ended(outcome);
    if (outcome.error) {
        recreating_.erase(subject);
        if (outcome.error->kind() == ErrorKind::cancelled) return;
        failed(subject, words_of(outcome), count_failed_replacement(outcome.step) ? 1 : 0, now, wall_now);
        history_.troubles[subject].engine_was_away = outcome.error->kind() == ErrorKind::unavailable;
        return;
    }
    std::visit(overloaded{
                   [&](const PullImage& pull) { history_.pulled.insert(pull.image); },
                   [&](const BuildImage& build) { history_.pulled.insert(build.image); },
                   [&](const RestartContainer& restart) {
                       started(outcome);
                       const auto* id = std::get_if<ContainerId>(&restart.container);
                       const bool wanted = id != nullptr && history_.restart_wanted.erase(*id) > 0;
                       if (id != nullptr && restart.follows) history_.followed[*id] = *restart.follows;
                       // The next time it has to wait; where its owner keeps ending, the time after that.
                       if (restart.follows) failed(subject, outcome.step.reason, 1, now, wall_now);
                       else if (!wanted) failed(subject, "was unhealthy", 0, now, wall_now);
                   },
                   [&](const StartContainer&) {
                       started(outcome);
                       const auto fields = recreating_.extract(subject);
                       if (fields.empty()) return;
                       count_repairs(subject, fields.mapped());
                       if (outcome.step.service) recreated_.insert(*outcome.step.service);
                   },
                   [](const auto&) {},
               },
               outcome.step.operation);
    const auto* network = std::get_if<CreateNetwork>(&outcome.step.operation);
    if (network != nullptr && network->puts_back) return put_back(subject, now);
    if (subject.kind != Subject::Kind::container) history_.troubles.erase(subject);
}

void FailureLedger::count_repairs(const Subject& subject, const std::set<std::string>& fields) {
    for (const std::string& field : fields) ++history_.repaired_for[subject][field];
}

void FailureLedger::failed(const Subject& subject, const std::string& error, unsigned free_tries,
                           SteadyTime now, WallTime wall_now) {
    Trouble& trouble = history_.troubles[subject];
    trouble.engine_was_away = false;
    if (trouble.failures++ == 0) trouble.since = wall_now;
    trouble.last_error = error;
    const unsigned counted = trouble.failures > free_tries ? trouble.failures - free_tries : 0;
    trouble.next_attempt = now + backoff_.after(counted, jitter_());
    last_failure_[subject] = now;
}

void FailureLedger::reset_backoff(const std::set<ServiceName>& services) {
    const auto meant = [&](const Subject& subject) {
        if (services.empty() || subject.kind != Subject::Kind::container) return true;
        return std::any_of(services.begin(), services.end(), [&](const ServiceName& service) {
            return subject.name.substr(0, subject.name.rfind('-')) == service.value;
        });
    };
    std::erase_if(history_.troubles, [&](const auto& entry) { return meant(entry.first); });
    std::erase_if(history_.repaired_for, [&](const auto& entry) { return meant(entry.first); });
    std::erase_if(history_.failed_rollouts, [&](const auto& entry) { return meant(entry.first); });
}

void FailureLedger::new_settings() {
    history_.troubles.clear();
    history_.repaired_for.clear();
    history_.failed_successors.clear();
    history_.failed_rollouts.clear();
    history_.pulled.clear();
    history_.restart_wanted.clear();
    for (auto& [subject, owed] : history_.owed_hooks) {
        owed.count = OwedHooks::all;  // the settings may have other ones
        owed.failure.clear();
        if (under_way(subject)) old_hooks_.insert(subject);
    }
}

void FailureLedger::heard(const engine::Event& event) {
    if (event.type != "container") return;
    const ContainerId id{event.id};
    if (event.action == "die") deaths_.insert(id);
    if (event.action == "start") deaths_.erase(id);
    const auto signal = event.attributes.find("signal");
    const bool told_to_end =
        event.action == "stop" ||
        (event.action == "kill" && signal != event.attributes.end() && is_ending_signal(signal->second));
    const auto run = running_.find(id);
    if (!told_to_end || run == running_.end()) return;
    const auto slot = slots_.find(id);
    const bool by_us = slot != slots_.end() && history_.busy.contains(subject_of(slot->second));
    history_.past[id] = {.run = run->second, .stopped_by_hand = !by_us};
}

void FailureLedger::snapshot_begun() {
    over_ = history_.busy;
    std::erase_if(over_, [&](const Subject& subject) { return under_way(subject); });
}

void FailureLedger::snapshot_taken(const Desired& desired, const Observed& observed, SteadyTime now,
                                   WallTime wall_now) {
    for (const Subject& subject : over_) history_.busy.erase(subject);
    running_.clear();
    slots_.clear();
    for (const auto& [id, container] : observed.containers) {
        slots_[id] = container.slot;
        const bool alive =
            container.state == ContainerState::running || container.state == ContainerState::paused;
        if (alive) running_[id] = container.started_at;
        if (alive) follow_run(container);
        if (plan::is_successor(container)) judge_successor(container, now, wall_now);
        else if (container.state == ContainerState::exited) judge_ending(desired, container, now, wall_now);
    }
    for (const auto& [name, service] : desired.project.services) want_restart(service, observed);
    recreated_.clear();
    forget_former_networks(desired, observed);
    recover(observed, now);
}

void FailureLedger::judge_ending(const Desired& desired, const ObservedContainer& container, SteadyTime now,
                                 WallTime wall_now) {
    const auto service = desired.project.services.find(container.slot.service);
    if (service == desired.project.services.end() || service->second.restart_given ||
        container.exit_code == 0)
        return;
    const auto past = history_.past.find(container.id);
    const bool by_itself = past == history_.past.end() || past->second.run != container.started_at;
    if (!by_itself || counted_[container.id] == container.finished_at) return;
    counted_[container.id] = container.finished_at;
    const bool proper = container.finished_at - container.started_at >= proper_run;
    failed(subject_of(container.slot), how_it_ended(container), proper ? 1 : 0, now, wall_now);
}

void FailureLedger::judge_successor(const ObservedContainer& container, SteadyTime now, WallTime wall_now) {
    const bool refused = container.state == ContainerState::created && !container.error.empty();
    const bool fell = reconcile::ended(container) && container.exit_code != 0;
    const bool keeps_falling = container.state == ContainerState::restarting;
    const Subject subject = subject_of(container.slot);
    const auto owed = history_.owed_hooks.find(subject);
    const bool hook_failed = owed != history_.owed_hooks.end() && owed->second.container == container.id &&
                             !owed->second.failure.empty();
    const bool ill = fell || keeps_falling || container.health == Health::unhealthy;
    if (!refused && !hook_failed && !ill) return;
    const auto [known, is_new] = history_.failed_successors.try_emplace(
        container.id, hook_failed ? owed->second.failure : how_it_ended(container));
    if (!is_new) return;
    ++history_.failed_rollouts[subject];
    history_.repaired_for.erase(subject);  // it differs again because we put it back
    if (refused || hook_failed) return;    // that has been counted with its step
    failed(subject, "the new container " + known->second, 0, now, wall_now);
}

/// Running dependents of what was recreated are restarted, where the model asks for it.
void FailureLedger::want_restart(const Service& service, const Observed& observed) {
    const bool wanted = std::any_of(
        service.depends_on.begin(), service.depends_on.end(),
        [&](const auto& entry) { return entry.second.restart && recreated_.contains(entry.first); });
    if (!wanted) return;
    for (const auto& [id, container] : observed.containers) {
        const bool running = container.state == ContainerState::running;
        if (running && container.slot.service == service.name) history_.restart_wanted.insert(id);
    }
}

void FailureLedger::recover(const Observed& observed, SteadyTime now) {
    const auto gone = [&](const auto& entry) { return !observed.containers.contains(entry.first); };
    std::erase_if(history_.past, gone);
    std::erase_if(history_.failed_successors, gone);
    std::erase_if(history_.followed, gone);
    std::erase_if(history_.owed_hooks, [&](const auto& entry) {
        const ContainerId& container = entry.second.container;
        return !container.empty() && !observed.containers.contains(container) && !under_way(entry.first);
    });
    std::erase_if(counted_, gone);
    std::erase_if(deaths_, [&](const ContainerId& id) { return !observed.containers.contains(id); });
    std::erase_if(history_.restart_wanted,
                  [&](const ContainerId& id) { return !observed.containers.contains(id); });
    std::erase_if(history_.troubles, [&](const auto& entry) {
        return now > entry.second.next_attempt && now - last_failure_[entry.first] >= well_after;
    });
}

/// A plan tells nothing of fields whose subject is busy, waits for its next attempt, or is frozen.
void FailureLedger::settled(const Plan& plan) {
    std::set<Subject> open = history_.busy;
    for (const Held& held : plan.held) {
        if (held.why == Held::Why::backoff || held.why == Held::Why::frozen) open.insert(held.subject);
    }
    std::map<Subject, std::set<std::string>> differing;
    for (const Step& step : plan.steps) differing[step.subject].merge(fields_of(step));
    for (auto& [subject, fields] : history_.repaired_for) {
        if (open.contains(subject)) continue;
        const std::set<std::string>& still = differing[subject];
        std::erase_if(fields, [&](const auto& entry) { return !still.contains(entry.first); });
    }
    std::erase_if(history_.repaired_for, [](const auto& entry) { return entry.second.empty(); });
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

void FailureLedger::mark_unseen_endings_cut_off(const Observed& observed) {
    for (const auto& [id, started] : running_) {
        const auto found = observed.containers.find(id);
        if (found == observed.containers.end() || deaths_.contains(id)) continue;
        const ObservedContainer& container = found->second;
        if (reconcile::ended(container) && container.started_at == started) {
            history_.past[id] = {.run = started, .cut_off = true};
        }
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
}

}  // namespace dockerext::reconcile
