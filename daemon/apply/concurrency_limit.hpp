#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <list>
#include <memory>

namespace dockerext::apply {

/// A limited number of places. Waiters get places in order of their turn, the lowest first: a plan completes
/// its first services before it starts many others. A place held for longer than `lease` no longer counts:
/// such a call is waiting for something, and others need not wait with it.
class ConcurrencyLimit {
    struct State;
    using Leases = std::list<SteadyTime>;  ///< until when each place counts, oldest first
    struct Releaser {
        /// Expired at the end of the program, when a task may outlive its context.
        std::weak_ptr<State> state;
        Leases::iterator place;
        void operator()(State*) const;
    };

public:
    struct Limits {
        std::size_t max_concurrent;              ///< how many places may count at the same time
        Duration lease = Duration::max();        ///< how long each place counts
        std::size_t max_total = max_concurrent;  ///< all places, including those that no longer count
    };

    ConcurrencyLimit(const asio::any_io_executor& executor, Limits limits);

    /// A place, held as long as this object lives.
    using Permit = std::unique_ptr<State, Releaser>;

    /// Waits for a place; null if cancelled or turned away.
    Task<Permit> acquire(std::size_t priority);

    /// Ends all present waits without a place.
    void reject_waiters();

private:
    std::shared_ptr<State> state_;
};

}  // namespace dockerext::apply
