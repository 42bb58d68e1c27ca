#include "apply/concurrency_limit.hpp"

#include "base/timer.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace dockerext::apply {

struct ConcurrencyLimit::State {
    struct Waiter {
        Timer timer;  ///< wakes when the wait is over
        std::optional<Leases::iterator> place;
        bool rejected = false;
    };

    asio::any_io_executor executor;
    Limits limits;
    Leases leases;
    std::multimap<std::size_t, Waiter> waiting;

    /// The first place that still counts, which is also the first to stop counting.
    Leases::iterator first_counted() { return std::upper_bound(leases.begin(), leases.end(), steady_now()); }

    bool has_capacity() {
        const auto counted = static_cast<std::size_t>(std::distance(first_counted(), leases.end()));
        return leases.size() < limits.max_total && counted < limits.max_concurrent;
    }

    /// When there will be room even if no place is returned.
    SteadyTime next_capacity() {
        if (leases.size() >= limits.max_total || leases.size() < limits.max_concurrent)
            return SteadyTime::max();
        return *std::prev(leases.end(), static_cast<std::ptrdiff_t>(limits.max_concurrent));
    }

    Leases::iterator grant() {
        const bool unlimited = limits.lease == Duration::max();
        return leases.insert(leases.end(), unlimited ? SteadyTime::max() : steady_now() + limits.lease);
    }

    /// Gives free places to the waiters that have none yet. Also wakes the first waiter without a place,
    /// because the time of the next room may have changed.
    void grant_waiting() {
        for (auto& [priority, waiter] : waiting) {
            if (waiter.place || waiter.rejected) continue;
            waiter.timer.wake();
            if (!has_capacity()) return;
            waiter.place = grant();
        }
    }
};

void ConcurrencyLimit::Releaser::operator()(State*) const {
    const auto alive = state.lock();
    if (!alive) return;
    alive->leases.erase(place);
    alive->grant_waiting();
}

ConcurrencyLimit::ConcurrencyLimit(const asio::any_io_executor& executor, Limits limits)
    : state_(new State{.executor = executor, .limits = limits, .leases = {}, .waiting = {}}) {}

Task<ConcurrencyLimit::Permit> ConcurrencyLimit::acquire(std::size_t priority) {
    State& state = *state_;
    const auto entry = state.waiting.emplace(priority, State::Waiter{Timer(state.executor), {}});
    State::Waiter& waiter = entry->second;
    state.grant_waiting();
    bool cancelled = false;
    while (!waiter.place && !waiter.rejected && !cancelled) {
        const bool due = co_await waiter.timer.wait_until(state.next_capacity());
        if (due) state.grant_waiting();
        else cancelled = co_await is_cancelled();
    }
    const auto place = waiter.place;
    state.waiting.erase(entry);
    if (!place) state.grant_waiting();
    if (!place) co_return Permit(nullptr, Releaser{});
    co_return Permit(&state, Releaser{state_, *place});
}

void ConcurrencyLimit::reject_waiters() {
    for (auto& [priority, waiter] : state_->waiting) {
        waiter.rejected = !waiter.place;
        waiter.timer.wake();
    }
}

}  // namespace dockerext::apply
