#include "reconcile/run_ends.hpp"

#include "plan/config_hash.hpp"
#include "plan/slots.hpp"
#include "plan/verdict.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// The signals that end a container: what `docker stop` sends, and what people send for the same purpose.
bool is_stop_signal(const std::string& signal) {
    constexpr std::array<std::string_view, 12> ending = {
        "2", "3", "9", "15", "SIGINT", "SIGQUIT", "SIGKILL", "SIGTERM", "INT", "QUIT", "KILL", "TERM"};
    return std::find(ending.begin(), ending.end(), signal) != ending.end();
}

bool is_stop_request(const engine::Event& event) {
    const auto signal = event.attributes.find("signal");
    const bool ending = signal != event.attributes.end() && is_stop_signal(signal->second);
    return event.action == "stop" || (event.action == "kill" && ending);
}

bool is_over(const ObservedContainer& container) {
    return container.state == ContainerState::exited || container.state == ContainerState::dead;
}

std::string end_reason(const ObservedContainer& container) {
    if (!container.error.empty()) return container.error;
    if (container.health == Health::unhealthy && !is_over(container)) return "became unhealthy";
    return "exited with code " + exit_code_text(container);
}

/// The text for a new container that failed.
std::string failure_reason(const ObservedContainer& container) {
    return (container.error.empty() ? "" : "failed to start: ") + end_reason(container);
}

/// False also while that cannot be known: a snapshot may show an end before the order that caused it is
/// received, or before a snapshot that started after the order.
bool ended_by_itself(const LedgerState& ledger, const ObservedContainer& container) {
    if (ledger.history.busy.contains(subject_of(container.slot))) return false;
    const auto events = ledger.events.find(container.id);
    if (events != ledger.events.end() && events->second.stop_request) return false;
    const auto ended_run = ledger.history.ended_run.find(container.id);
    return ended_run == ledger.history.ended_run.end() || ended_run->second.run != container.started_at;
}

}  // namespace

void event_received(LedgerState& ledger, const engine::Event& event) {
    if (event.type != "container") return;
    const ContainerId id{event.id};
    LedgerState::ContainerEvents& events = ledger.events[id];
    if (event.action == "die") {
        events.ended = true;
        const auto code = event.attributes.find("exitCode");
        if (code != event.attributes.end()) events.exit_code = code->second;
    }
    if (event.action == "start") {
        events.started = true;
        events.ended = false;
        events.stop_request.reset();
        ledger.history.ended_run.erase(id);
    }
    if (!is_stop_request(event)) return;
    const auto slot = ledger.slots.find(id);
    const bool by_daemon =
        slot != ledger.slots.end() && ledger.history.busy.contains(subject_of(slot->second));
    events.stop_request = {.by_daemon = by_daemon};
}

void past_event_received(LedgerState& ledger, const engine::Event& event) {
    if (event.type != "container" || (event.action != "start" && event.action != "die")) return;
    LedgerState::ContainerEvents& events = ledger.events[ContainerId{event.id}];
    events.ended = event.action == "die";
    events.started = !events.ended;
}

void mark_unseen_ends_interrupted(LedgerState& ledger) {
    for (auto& [id, events] : ledger.events) events.is_possibly_interrupted = events.started;
    for (const auto& [id, started] : ledger.running) ledger.events[id].is_possibly_interrupted = true;
}

void note_interruption(LedgerState& ledger, const ObservedContainer& container,
                       LedgerState::ContainerEvents& events, WallTime wall_now) {
    events.started = false;
    const bool was_possibly_interrupted = std::exchange(events.is_possibly_interrupted, false);
    if (!was_possibly_interrupted || !is_over(container) || events.ended) return;
    if (container.finished_at > wall_now) return;
    ledger.history.ended_run[container.id] = {.run = container.started_at, .interrupted = true};
    ledger.repairs.erase(subject_of(container.slot));  // nobody undid the repair: the run was cut off
}

void note_stop_request(LedgerState& ledger, const ObservedContainer& container,
                       LedgerState::ContainerEvents& events) {
    if (!events.stop_request || !events.stop_request->is_before_snapshot) return;
    ledger.history.ended_run[container.id] = {.run = container.started_at,
                                              .stopped_manually = !events.stop_request->by_daemon};
    events.stop_request.reset();
}

void count_failed_run(LedgerState& ledger, const Desired& desired, const ObservedContainer& container,
                      SteadyTime now, WallTime wall_now) {
    const auto service = desired.project.services.find(container.slot.service);
    if (service == desired.project.services.end() || service->second.restart_is_set ||
        container.exit_code == 0)
        return;
    if (!ended_by_itself(ledger, container) || ledger.counted[container.id] == container.finished_at) return;
    ledger.counted[container.id] = container.finished_at;
    const bool held = container.finished_at - container.started_at >= stable_run;
    failed(ledger, subject_of(container.slot), end_reason(container), held ? 1 : 0, ledger.backoff, now,
           wall_now);
}

namespace {

/// With start-first, a new container that ends at once has failed, whatever its exit code.
bool runs_beside_predecessor(const Service& service, const Observed& observed,
                             const ObservedContainer& successor) {
    return service.update.order == UpdateConfig::Order::start_first &&
           std::any_of(observed.containers.begin(), observed.containers.end(), [&](const auto& entry) {
               const ObservedContainer& other = entry.second;
               return other.slot == successor.slot && !plan::is_successor(other) && plan::is_alive(other);
           });
}

/// How a new container has failed.
struct SuccessorFailure {
    std::string reason;
    bool refused = false;     ///< the engine did not start it, so that it never ran
    bool is_of_step = false;  ///< a step of ours has failed with it
};

/// `must_run`: whether it fails by ending.
std::optional<SuccessorFailure> failure_of_successor(const LedgerState& ledger,
                                                     const ObservedContainer& container, bool must_run,
                                                     SteadyTime now) {
    const History& history = ledger.history;
    const Subject subject = subject_of(container.slot);
    const bool refused = container.state == ContainerState::created && !container.error.empty() &&
                         !plan::cannot_start_again(container);
    const bool crashed = is_over(container) && must_run && ended_by_itself(ledger, container);
    const auto run = history.unproven.find(container.id);
    const bool is_crash_looping = run != history.unproven.end() && !run->second.previous_failure.empty();
    const auto pending = history.pending_hooks.find(subject);
    const bool hook_failed = pending != history.pending_hooks.end() &&
                             pending->second.container == container.id && !pending->second.failure.empty();
    const bool unhealthy =
        container.state == ContainerState::running && container.health == Health::unhealthy;
    const bool is_late = run != history.unproven.end() && !run->second.healthy_since &&
                         run->second.deadline && now >= *run->second.deadline;
    const bool has_failed = crashed || is_crash_looping || unhealthy || is_late;
    if (!refused && !hook_failed && !has_failed) return std::nullopt;
    std::string reason = failure_reason(container);
    const auto start = history.failure_records.find(subject);
    const bool is_explained =  // by more than the engine says: who holds a port
        refused && start != history.failure_records.end() &&
        start->second.last_error.starts_with("start: " + container.error);
    if (is_explained) reason = "failed to " + start->second.last_error;
    if (is_late) reason = "was not healthy in time (reconcile.rollout-deadline)";
    if (is_crash_looping) reason = run->second.previous_failure;
    if (hook_failed) reason = "failed: " + pending->second.failure;
    return SuccessorFailure{std::move(reason), refused, refused || hook_failed};
}

}  // namespace

void count_failed_successor(LedgerState& ledger, const Desired& desired, const Observed& observed,
                            const ObservedContainer& container, SteadyTime now, WallTime wall_now) {
    const auto service = desired.project.services.find(container.slot.service);
    const bool is_wanted =
        service != desired.project.services.end() && plan::matches_config_hash(service->second, container);
    if (!is_wanted) return;  // says nothing of the present settings
    const bool must_run =
        container.exit_code != 0 || runs_beside_predecessor(service->second, observed, container);
    auto failure = failure_of_successor(ledger, container, must_run, now);
    if (!failure) return;
    const auto [known, is_new] =
        ledger.history.failed_successors.try_emplace(container.id, std::move(failure->reason));
    if (!is_new) return;
    const Subject subject = subject_of(container.slot);
    FailedRollout& rollout = ledger.history.failed_rollouts[subject];
    rollout = {.attempts = rollout.attempts + 1,
               .error = desired.redact("new container " + known->second),  // it goes to disk
               .image = container.image_id,
               .old = container.name.value.substr(0, plan::successor_prefix_length),
               .ran = !failure->refused};
    ledger.history.repair_counts.erase(subject);  // it differs again because the daemon rolled it back
    if (failure->is_of_step) return;              // already counted with it
    failed(ledger, subject, "new container " + known->second, 0, ledger.backoff, now, wall_now);
}

void forget_outdated_rollouts(LedgerState& ledger, const Project& project, const Observed& observed) {
    std::erase_if(ledger.history.failed_rollouts, [&](const auto& entry) {
        const auto& [subject, rollout] = entry;
        const bool is_network = rollout.old.empty();
        if (is_network || unknown_of(observed, subject) != nullptr) return false;
        const auto service = project.services.find(service_of(subject));
        if (service == project.services.end()) return true;
        const auto image = observed.images.find(service->second.container.image);
        if (image != observed.images.end() && image->second.id != rollout.image) return true;
        return find_container(observed, rollout.old) == nullptr;
    });
}

void forget_removed_jobs(LedgerState& ledger, const Project& project) {
    std::erase_if(ledger.history.completed,
                  [&](const auto& entry) { return !project.services.contains(service_of(entry.first)); });
}

void note_completion(LedgerState& ledger, const Project& project, const ObservedContainer& container) {
    const auto service = project.services.find(container.slot.service);
    if (service == project.services.end() || !plan::matches_config_hash(service->second, container)) return;
    const Subject subject = subject_of(container.slot);
    const plan::Verdict verdict = plan::judge(service->second, container, ledger.history).verdict;
    const bool will_be_removed = verdict == plan::Verdict::removing || verdict == plan::Verdict::broken;
    if (verdict == plan::Verdict::completed)
        ledger.history.completed[subject] = {service->second.config_hash, container.image_id};
    else if (!will_be_removed) ledger.history.completed.erase(subject);
}

}  // namespace dockerext::reconcile
