// The part of FailureLedger that judges how runs ended.
#include "plan/config_hash.hpp"
#include "plan/slots.hpp"
#include "plan/verdict.hpp"
#include "reconcile/failure_ledger.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// The signals that end a container: what `docker stop` sends, and what people send for the same purpose.
bool is_ending_signal(const std::string& signal) {
    constexpr std::array<std::string_view, 12> ending = {
        "2", "3", "9", "15", "SIGINT", "SIGQUIT", "SIGKILL", "SIGTERM", "INT", "QUIT", "KILL", "TERM"};
    return std::find(ending.begin(), ending.end(), signal) != ending.end();
}

bool tells_to_end(const engine::Event& event) {
    const auto signal = event.attributes.find("signal");
    const bool ending = signal != event.attributes.end() && is_ending_signal(signal->second);
    return event.action == "stop" || (event.action == "kill" && ending);
}

bool is_over(const ObservedContainer& container) {
    return container.state == ContainerState::exited || container.state == ContainerState::dead;
}

std::string how_it_ended(const ObservedContainer& container) {
    if (!container.error.empty()) return container.error;
    if (container.health == Health::unhealthy && !is_over(container)) return "became unhealthy";
    return "exited with code " + std::to_string(container.exit_code);
}

/// The text for a new container that failed.
std::string how_it_failed(const ObservedContainer& container) {
    return (container.error.empty() ? "" : "failed to start: ") + how_it_ended(container);
}

}  // namespace

/// Only a snapshot that starts after an order to end shows which run the order was for: the run may have
/// started after the last snapshot. A start event makes all earlier events belong to an earlier run.
void FailureLedger::heard(const engine::Event& event) {
    if (event.type != "container") return;
    const ContainerId id{event.id};
    Told& told = told_[id];
    if (event.action == "die") {
        told.ended = true;
        const auto code = event.attributes.find("exitCode");
        if (code != event.attributes.end()) told.exit_code = code->second;
    }
    if (event.action == "start") {
        told.started = true;
        told.ended = false;
        told.order.reset();
        history_.past.erase(id);
    }
    if (!tells_to_end(event)) return;
    const auto slot = slots_.find(id);
    const bool by_us = slot != slots_.end() && history_.busy.contains(subject_of(slot->second));
    told.order = {.by_us = by_us};
}

void FailureLedger::note_order_to_end(const ObservedContainer& container, Told& told) {
    if (!told.order || !told.order->is_before_snapshot) return;
    history_.past[container.id] = {.run = container.started_at, .stopped_by_hand = !told.order->by_us};
    told.order.reset();
}

void FailureLedger::judge_ending(const Desired& desired, const ObservedContainer& container, SteadyTime now,
                                 WallTime wall_now) {
    const auto service = desired.project.services.find(container.slot.service);
    if (service == desired.project.services.end() || service->second.restart_given ||
        container.exit_code == 0)
        return;
    if (!ended_by_itself(container) || counted_[container.id] == container.finished_at) return;
    counted_[container.id] = container.finished_at;
    const bool held = container.finished_at - container.started_at >= proper_run;
    failed(subject_of(container.slot), how_it_ended(container), held ? 1 : 0, backoff_, now, wall_now);
}

/// False also while that cannot be known: a snapshot may show an end before the order that caused it is
/// received, or before a snapshot that started after the order.
bool FailureLedger::ended_by_itself(const ObservedContainer& container) const {
    if (history_.busy.contains(subject_of(container.slot))) return false;
    const auto told = told_.find(container.id);
    if (told != told_.end() && told->second.order) return false;
    const auto past = history_.past.find(container.id);
    return past == history_.past.end() || past->second.run != container.started_at;
}

void FailureLedger::judge_successor(const ObservedContainer& container, SteadyTime now, WallTime wall_now) {
    const bool refused = container.state == ContainerState::created && !container.error.empty() &&
                         !plan::cannot_start_again(container);
    const bool fell = is_over(container) && container.exit_code != 0 && ended_by_itself(container);
    const auto run = history_.unproven.find(container.id);
    const bool keeps_falling = run != history_.unproven.end() && !run->second.last_end.empty();
    const Subject subject = subject_of(container.slot);
    const auto owed = history_.owed_hooks.find(subject);
    const bool hook_failed = owed != history_.owed_hooks.end() && owed->second.container == container.id &&
                             !owed->second.failure.empty();
    const bool unhealthy =
        container.state == ContainerState::running && container.health == Health::unhealthy;
    const bool ill = fell || keeps_falling || unhealthy;
    if (!refused && !hook_failed && !ill) return;
    const auto [known, is_new] =
        history_.failed_successors.try_emplace(container.id, hook_failed ? "failed: " + owed->second.failure
                                                             : keeps_falling ? run->second.last_end
                                                                             : how_it_failed(container));
    if (!is_new) return;
    ++history_.failed_rollouts[subject];
    history_.repaired_for.erase(subject);  // it differs again because the daemon rolled it back
    if (refused || hook_failed) return;    // already counted with its step
    failed(subject, "new container " + known->second, 0, backoff_, now, wall_now);
}

/// If its container is removed later, only this record says that the job must not run again.
void FailureLedger::note_completion(const Project& project, const ObservedContainer& container) {
    const auto service = project.services.find(container.slot.service);
    if (service == project.services.end() || !plan::same_settings(service->second, container)) return;
    const Subject subject = subject_of(container.slot);
    const plan::Verdict verdict = plan::judge(service->second, container, history_).verdict;
    const bool goes = verdict == plan::Verdict::removing || verdict == plan::Verdict::broken;
    if (verdict == plan::Verdict::completed)
        history_.completed[subject] = {service->second.config_hash, container.image_id};
    else if (!goes) history_.completed.erase(subject);
}

void FailureLedger::mark_unseen_endings_cut_off() {
    for (auto& [id, told] : told_) told.may_be_cut_off = told.started;
    for (const auto& [id, started] : running_) told_[id].may_be_cut_off = true;
}

/// The run that was cut off may be a later one than the last snapshot showed.
void FailureLedger::note_cut_off(const ObservedContainer& container, Told& told) {
    told.started = false;
    const bool may_be = std::exchange(told.may_be_cut_off, false);
    if (!may_be || !is_over(container) || told.ended) return;
    history_.past[container.id] = {.run = container.started_at, .cut_off = true};
    repairs_.erase(subject_of(container.slot));  // nobody undid the repair: the run was cut off
}

}  // namespace dockerext::reconcile
