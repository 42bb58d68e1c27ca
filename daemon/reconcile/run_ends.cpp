#include "reconcile/run_ends.hpp"

#include "plan/config_hash.hpp"
#include "plan/slots.hpp"
#include "plan/verdict.hpp"

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

/// False also while that cannot be known: a snapshot may show an end before the order that caused it is
/// received, or before a snapshot that started after the order.
bool ended_by_itself(const LedgerState& ledger, const ObservedContainer& container) {
    if (ledger.history.busy.contains(subject_of(container.slot))) return false;
    const auto told = ledger.told.find(container.id);
    if (told != ledger.told.end() && told->second.order) return false;
    const auto past = ledger.history.past.find(container.id);
    return past == ledger.history.past.end() || past->second.run != container.started_at;
}

}  // namespace

void heard(LedgerState& ledger, const engine::Event& event) {
    if (event.type != "container") return;
    const ContainerId id{event.id};
    LedgerState::Told& told = ledger.told[id];
    if (event.action == "die") {
        told.ended = true;
        const auto code = event.attributes.find("exitCode");
        if (code != event.attributes.end()) told.exit_code = code->second;
    }
    if (event.action == "start") {
        told.started = true;
        told.ended = false;
        told.order.reset();
        ledger.history.past.erase(id);
    }
    if (!tells_to_end(event)) return;
    const auto slot = ledger.slots.find(id);
    const bool by_us = slot != ledger.slots.end() && ledger.history.busy.contains(subject_of(slot->second));
    told.order = {.by_us = by_us};
}

void mark_unseen_endings_cut_off(LedgerState& ledger) {
    for (auto& [id, told] : ledger.told) told.may_be_cut_off = told.started;
    for (const auto& [id, started] : ledger.running) ledger.told[id].may_be_cut_off = true;
}

void note_cut_off(LedgerState& ledger, const ObservedContainer& container, LedgerState::Told& told) {
    told.started = false;
    const bool may_be = std::exchange(told.may_be_cut_off, false);
    if (!may_be || !is_over(container) || told.ended) return;
    ledger.history.past[container.id] = {.run = container.started_at, .cut_off = true};
    ledger.repairs.erase(subject_of(container.slot));  // nobody undid the repair: the run was cut off
}

void note_order_to_end(LedgerState& ledger, const ObservedContainer& container, LedgerState::Told& told) {
    if (!told.order || !told.order->is_before_snapshot) return;
    ledger.history.past[container.id] = {.run = container.started_at, .stopped_by_hand = !told.order->by_us};
    told.order.reset();
}

void judge_ending(LedgerState& ledger, const Desired& desired, const ObservedContainer& container,
                  SteadyTime now, WallTime wall_now) {
    const auto service = desired.project.services.find(container.slot.service);
    if (service == desired.project.services.end() || service->second.restart_given ||
        container.exit_code == 0)
        return;
    if (!ended_by_itself(ledger, container) || ledger.counted[container.id] == container.finished_at) return;
    ledger.counted[container.id] = container.finished_at;
    const bool held = container.finished_at - container.started_at >= proper_run;
    failed(ledger, subject_of(container.slot), how_it_ended(container), held ? 1 : 0, ledger.backoff, now,
           wall_now);
}

void judge_successor(LedgerState& ledger, const ObservedContainer& container, SteadyTime now,
                     WallTime wall_now) {
    const bool refused = container.state == ContainerState::created && !container.error.empty() &&
                         !plan::cannot_start_again(container);
    const bool fell = is_over(container) && container.exit_code != 0 && ended_by_itself(ledger, container);
    const auto run = ledger.history.unproven.find(container.id);
    const bool keeps_falling = run != ledger.history.unproven.end() && !run->second.last_end.empty();
    const Subject subject = subject_of(container.slot);
    const auto owed = ledger.history.owed_hooks.find(subject);
    const bool hook_failed = owed != ledger.history.owed_hooks.end() &&
                             owed->second.container == container.id && !owed->second.failure.empty();
    const bool unhealthy =
        container.state == ContainerState::running && container.health == Health::unhealthy;
    const bool ill = fell || keeps_falling || unhealthy;
    if (!refused && !hook_failed && !ill) return;
    const auto [known, is_new] = ledger.history.failed_successors.try_emplace(
        container.id, hook_failed     ? "failed: " + owed->second.failure
                      : keeps_falling ? run->second.last_end
                                      : how_it_failed(container));
    if (!is_new) return;
    ++ledger.history.failed_rollouts[subject];
    ledger.history.repaired_for.erase(subject);  // it differs again because the daemon rolled it back
    if (refused || hook_failed) return;          // already counted with its step
    failed(ledger, subject, "new container " + known->second, 0, ledger.backoff, now, wall_now);
}

void note_completion(LedgerState& ledger, const Project& project, const ObservedContainer& container) {
    const auto service = project.services.find(container.slot.service);
    if (service == project.services.end() || !plan::same_settings(service->second, container)) return;
    const Subject subject = subject_of(container.slot);
    const plan::Verdict verdict = plan::judge(service->second, container, ledger.history).verdict;
    const bool goes = verdict == plan::Verdict::removing || verdict == plan::Verdict::broken;
    if (verdict == plan::Verdict::completed)
        ledger.history.completed[subject] = {service->second.config_hash, container.image_id};
    else if (!goes) ledger.history.completed.erase(subject);
}

}  // namespace dockerext::reconcile
