#include "apply/concurrency_limit.hpp"

#include "base/timer.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace dockerext::apply {

struct ConcurrencyLimit::State {
    struct Waiter {
        Timer called;  ///< wakes when the wait is over
        std::optional<Leases::iterator> place;
        bool turned_away = false;
    };

    asio::any_io_executor executor;
    Limits limits;
    Leases lent;
    std::multimap<std::size_t, Waiter> waiting;

    /// The first place that still counts, which is also the first to stop counting.
    Leases::iterator first_that_counts() { return std::upper_bound(lent.begin(), lent.end(), steady_now()); }

    bool has_room() {
        const auto counted = static_cast<std::size_t>(std::distance(first_that_counts(), lent.end()));
        return lent.size() < limits.in_all && counted < limits.at_once;
    }

    /// When there will be room even if no place is returned.
    SteadyTime next_room() {
        if (lent.size() >= limits.in_all || lent.size() < limits.at_once) return SteadyTime::max();
        return *std::prev(lent.end(), static_cast<std::ptrdiff_t>(limits.at_once));
    }

    Leases::iterator lend() {
        const bool for_ever = limits.lease == Duration::max();
        return lent.insert(lent.end(), for_ever ? SteadyTime::max() : steady_now() + limits.lease);
    }

    /// Gives free places to the waiters that have none yet. Also wakes the first waiter without a place,
    /// because the time of the next room may have changed.
    void hand_out() {
        for (auto& [turn, waiter] : waiting) {
            if (waiter.place || waiter.turned_away) continue;
            waiter.called.wake();
            if (!has_room()) return;
            waiter.place = lend();
        }
    }
};

void ConcurrencyLimit::Return::operator()(State*) const {
    const auto alive = state.lock();
    if (!alive) return;
    alive->lent.erase(place);
    alive->hand_out();
}

ConcurrencyLimit::ConcurrencyLimit(const asio::any_io_executor& executor, Limits limits)
    : state_(new State{.executor = executor, .limits = limits, .lent = {}, .waiting = {}}) {}

Task<ConcurrencyLimit::Permit> ConcurrencyLimit::take(std::size_t turn) {
    State& state = *state_;
    const auto entry = state.waiting.emplace(turn, State::Waiter{Timer(state.executor), {}});
    State::Waiter& waiter = entry->second;
    state.hand_out();
    bool cancelled = false;
    while (!waiter.place && !waiter.turned_away && !cancelled) {
        const bool due = co_await waiter.called.wait_until(state.next_room());
        if (due) state.hand_out();
        else cancelled = co_await is_cancelled();
    }
    const auto place = waiter.place;
    state.waiting.erase(entry);
    if (!place) state.hand_out();
    if (!place) co_return Permit(nullptr, Return{});
    co_return Permit(&state, Return{state_, *place});
}

void ConcurrencyLimit::turn_away() {
    for (auto& [turn, waiter] : state_->waiting) {
        waiter.turned_away = !waiter.place;
        waiter.called.wake();
    }
}

}  // namespace dockerext::apply
