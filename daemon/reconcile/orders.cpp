#include "reconcile/orders.hpp"

#include "base/log.hpp"

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

void call_off(LoopState& loop) {
    loop.runs.call_off();
    loop.changes.raise();
}

/// Without a project, no snapshot would ever make the ledger forget the event again.
void remember(LoopState& loop, const engine::Event& event) {
    if (loop.intent.in_force() != nullptr || !loop.intent.leaving().empty()) loop.ledger.heard(event);
}

}  // namespace

/// The same settings again restart nothing: a pull under way continues.
void adopt(LoopState& loop, Accepted accepted) {
    if (loop.intent.leaving().empty()) loop.removed.clear();
    const auto adopted = loop.intent.adopt(std::move(accepted));
    const Desired& desired = loop.intent.in_force()->desired;
    loop.client.redact_with(desired.redact);
    loop.budget = {};
    if (adopted == Intent::Adopted::the_same) {
        loop.ledger.reset_backoff({});
    } else {
        loop.plan = {};  // its held entries are for other settings
        call_off(loop);
    }
    loop.views.in_force().want(desired.project);
    check_everything(loop);
}

void dismiss(LoopState& loop, Extent extent) {
    if (loop.intent.leaving().empty()) loop.removed.clear();
    loop.intent.dismiss(extent);
    loop.ledger.reset_backoff({});
    loop.views.in_force().forget();
    loop.views.follow(loop.intent.leaving());
    loop.views.retry_leaving();
    loop.plan = loop.leaving_plan = {};
    if (loop.intent.leaving().empty()) loop.client.redact_with({});
    call_off(loop);
    loop.trigger.raise();
}

Task<Result<std::vector<std::string>>> dismissed(LoopState& loop) {
    constexpr Duration finding = 2s;  // a daemon that has only just started has not found the engine yet
    const auto asked = steady_now();
    for (;;) {
        const std::uint64_t seen = loop.changes.number();
        if (loop.intent.leaving().empty()) co_return loop.removed;
        for (const auto& [project, extent] : loop.intent.leaving()) {
            if (const auto error = why_not_gone(loop, project))
                co_return Error(ErrorKind::unavailable,
                                "remove project " + loop.client.redact()(project.value) + ": " + *error);
        }
        const Duration patience = loop.connected ? 1h : finding - (steady_now() - asked);
        if (patience <= Duration::zero()) {
            co_return Error(ErrorKind::unavailable,
                            "the engine does not respond; the rest is removed when it is back");
        }
        (void)co_await loop.changes.wait_beyond(seen, patience);
        const bool told_to_end = co_await is_cancelled();
        if (told_to_end) co_return Error(ErrorKind::cancelled, "down");
    }
}

void engine_connected(LoopState& loop, const EngineLink::Missed& missed) {
    loop.connected = true;
    loop.missed_all = missed.all;
    for (const engine::Event& event : missed.events) remember(loop, event);
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

void heard(LoopState& loop, const engine::Event& event) {
    remember(loop, event);
    if (loop.views.heard(event, loop.intent.project())) loop.trigger.raise();
}

void check_everything(LoopState& loop) {
    loop.looked = false;
    loop.next_full_check = steady_now();
    loop.trigger.raise();
}

void retry(LoopState& loop, const std::set<ServiceName>& services) {
    loop.ledger.reset_backoff(services);
    loop.budget = {};
    check_everything(loop);
}

void pause(LoopState& loop, std::optional<std::chrono::seconds> duration) {
    loop.intent.pause(duration);
    call_off(loop);
    log::info("paused", {});
    loop.trigger.raise();
}

void resume(LoopState& loop) {
    loop.intent.resume();
    loop.changes.raise();
    log::info("resumed", {});
    check_everything(loop);
    loop.engine_reconciler.check_everything();
}

}  // namespace dockerext::reconcile
