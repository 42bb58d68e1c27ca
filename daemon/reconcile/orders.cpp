// The part of Reconciler that takes orders from people, and news from the engine.
#include "reconcile/reconciler.hpp"

#include "base/log.hpp"

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

void Reconciler::call_off() {
    runs_.call_off();
    changes_.raise();
}

/// The same settings again restart nothing: a pull under way continues.
void Reconciler::adopt(Accepted accepted) {
    if (intent_.leaving().empty()) removed_.clear();
    const auto adopted = intent_.adopt(std::move(accepted));
    const Desired& desired = intent_.in_force()->desired;
    client_.redact_with(desired.redact);
    budget_ = {};
    if (adopted == Intent::Adopted::the_same) {
        ledger_.reset_backoff({});
    } else {
        plan_ = {};  // its held entries are for other settings
        call_off();
    }
    views_.in_force().want(desired.project);
    check_everything();
}

void Reconciler::dismiss(Extent extent) {
    if (intent_.leaving().empty()) removed_.clear();
    intent_.dismiss(extent);
    ledger_.reset_backoff({});
    views_.in_force().forget();
    views_.follow(intent_.leaving());
    views_.retry_leaving();
    plan_ = leaving_plan_ = {};
    if (intent_.leaving().empty()) client_.redact_with({});
    call_off();
    trigger_.raise();
}

Task<Result<std::vector<std::string>>> Reconciler::dismissed() {
    constexpr Duration finding = 2s;  // a daemon that has only just started has not found the engine yet
    const auto asked = steady_now();
    for (;;) {
        const std::uint64_t seen = changes_.number();
        if (intent_.leaving().empty()) co_return removed_;
        for (const auto& [project, extent] : intent_.leaving()) {
            if (const auto error = why_not_gone(project))
                co_return Error(ErrorKind::unavailable,
                                "remove project " + client_.redact()(project.value) + ": " + *error);
        }
        const Duration patience = connected_ ? 1h : finding - (steady_now() - asked);
        if (patience <= Duration::zero()) {
            co_return Error(ErrorKind::unavailable,
                            "the engine does not respond; the rest is removed when it is back");
        }
        (void)co_await changes_.wait_beyond(seen, patience);
        const bool told_to_end = co_await is_cancelled();
        if (told_to_end) co_return Error(ErrorKind::cancelled, "down");
    }
}

void Reconciler::engine_connected(const EngineLink::Missed& missed) {
    connected_ = true;
    missed_all_ = missed.all;
    for (const engine::Event& event : missed.events) remember(event);
    ledger_.engine_returned();
    views_.engine_returned();
    changes_.raise();
    check_everything();
}

void Reconciler::engine_lost() {
    connected_ = false;
    absent_ = true;
    changes_.raise();
    trigger_.raise();
}

void Reconciler::heard(const engine::Event& event) {
    remember(event);
    if (views_.heard(event, intent_.project())) trigger_.raise();
}

/// Without a project, no snapshot would ever make the ledger forget the event again.
void Reconciler::remember(const engine::Event& event) {
    if (intent_.in_force() != nullptr || !intent_.leaving().empty()) ledger_.heard(event);
}

void Reconciler::check_everything() {
    looked_ = false;
    next_full_check_ = steady_now();
    trigger_.raise();
}

void Reconciler::retry(const std::set<ServiceName>& services) {
    ledger_.reset_backoff(services);
    budget_ = {};
    check_everything();
}

void Reconciler::pause(std::optional<std::chrono::seconds> duration) {
    intent_.pause(duration);
    call_off();
    log::info("paused", {});
    trigger_.raise();
}

void Reconciler::resume() {
    intent_.resume();
    changes_.raise();
    log::info("resumed", {});
    check_everything();
    engine_reconciler_.check_everything();
}

}  // namespace dockerext::reconcile
