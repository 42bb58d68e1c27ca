#include "reconcile/reconciler_inputs.hpp"

#include "base/log.hpp"

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

void cancel_steps(LoopState& loop) {
    loop.runs.cancel_steps();
    loop.changes.raise();
}

/// Without a project, no snapshot would ever make the ledger forget the event again.
bool has_project(const LoopState& loop) {
    return loop.intent.in_force() != nullptr || !loop.intent.former().empty();
}

void note_event(LoopState& loop, const engine::Event& event) {
    if (has_project(loop) || event.type == "image") loop.ledger.event_received(event);
}

}  // namespace

/// The same settings again restart nothing: a pull under way continues.
void adopt(LoopState& loop, AcceptedSettings accepted, const std::set<ServiceName>& again) {
    if (loop.intent.former().empty()) loop.removed.clear();
    const auto adopted = loop.intent.put_in_force(std::move(accepted));
    const Desired& desired = loop.intent.in_force()->desired;
    loop.client.set_redactor(desired.redact);
    loop.budget = {};
    if (adopted != Intent::Adoption::changed) loop.ledger.reset_backoff(again);
    if (adopted != Intent::Adoption::unchanged) {
        loop.plan = {};  // its held entries are for another version
        loop.drift.clear();
        cancel_steps(loop);
    }
    loop.views.in_force().track(desired.project);
    check_everything(loop);
}

void down(LoopState& loop, RemovalScope scope) {
    if (loop.intent.former().empty()) loop.removed.clear();
    loop.intent.down(scope);
    loop.ledger.reset_backoff({});
    loop.views.in_force().forget();
    loop.views.track_former_projects(loop.intent.former());
    loop.views.retry_former_projects();
    loop.plan = loop.former_plan = loop.image_plan = {};
    if (loop.intent.former().empty()) loop.client.set_redactor({});
    cancel_steps(loop);
    loop.trigger.raise();
}

void remove_project(LoopState& loop) {
    if (loop.intent.project().empty()) return;
    loop.intent.remove_project();
    loop.views.track_former_projects(loop.intent.former());
    cancel_steps(loop);
    loop.trigger.raise();
}

Task<Result<std::vector<std::string>>> wait_until_down(LoopState& loop) {
    constexpr Duration connect_grace =
        2s;  // a daemon that has only just started has not found the engine yet
    const auto asked = steady_now();
    for (;;) {
        const std::uint64_t seen = loop.changes.number();
        if (loop.intent.former().empty()) co_return loop.removed;
        for (const auto& [project, scope] : loop.intent.former()) {
            if (const auto error = why_not_removed(loop, project))
                co_return Error(ErrorKind::unavailable,
                                "remove project " + loop.client.redact()(project.value) + ": " + *error);
        }
        const Duration time_left = loop.connected ? 1h : connect_grace - (steady_now() - asked);
        if (time_left <= Duration::zero()) {
            co_return Error(ErrorKind::unavailable,
                            "the engine does not respond; the rest is removed when it is back");
        }
        (void)co_await loop.changes.wait_beyond(seen, time_left);
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return Error(ErrorKind::cancelled, "down");
    }
}

void engine_connected(LoopState& loop, const EngineLink::MissedEvents& missed) {
    loop.connected = true;
    loop.missed_all = missed.complete;
    for (const engine::Event& event : missed.events) {
        if (!missed.includes_received) note_event(loop, event);
        else if (has_project(loop) || event.type == "image") loop.ledger.past_event_received(event);
    }
    loop.ledger.engine_returned();
    loop.views.engine_returned();
    loop.changes.raise();
    check_everything(loop);
}

void engine_lost(LoopState& loop) {
    loop.connected = false;
    loop.absent = true;
    loop.changes.raise();
    loop.trigger.raise();
}

void event_received(LoopState& loop, const engine::Event& event) {
    note_event(loop, event);
    if (loop.views.event_received(event, loop.intent.project())) loop.trigger.raise();
}

/// Wakes the loop, which finds the settings in its World (reconciler.cpp).
void check_everything(LoopState& loop) {
    loop.is_up_to_date = false;
    loop.next_full_check = steady_now();
    loop.trigger.raise();
}

void retry(LoopState& loop, const std::set<ServiceName>& services) {
    loop.ledger.reset_backoff(services);
    loop.budget = {};
    check_everything(loop);
}

void restart(LoopState& loop, const std::set<ServiceName>& services) {
    loop.ledger.ask_restart(services, wall_now());
    loop.state_file.save();
    retry(loop, services);
}

void pause(LoopState& loop, std::optional<std::chrono::seconds> duration) {
    loop.intent.pause(duration);
    cancel_steps(loop);
    log::info(duration ? "paused for " + std::to_string(duration->count()) + " s"
                       : "paused until `dockerextd resume`");
    loop.trigger.raise();
}

void resume(LoopState& loop) {
    loop.intent.resume();
    loop.changes.raise();
    log::info("resumed");
    loop.engine_reconciler.resume();
    check_everything(loop);
}

}  // namespace dockerext::reconcile
