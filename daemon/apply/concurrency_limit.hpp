#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <list>
#include <memory>

namespace dockerext::apply {

/// A bounded number of places. Whoever waits for one comes by turn, the lowest first: so a plan goes deep
/// before it goes wide, and its first services run early. A place that is held for longer than `lease` no
/// longer counts: what takes that long is waiting for something, and others need not wait with it.
class ConcurrencyLimit {
    struct State;
    using Leases = std::list<SteadyTime>;  ///< until when each place counts, the oldest first
    struct Return {
        std::weak_ptr<State>
            state;  ///< gone at the end of the program, when a task may outlive what it runs in
        Leases::iterator place;
        void operator()(State*) const;
    };

public:
    struct Limits {
        std::size_t at_once;               ///< places that count
        Duration lease = Duration::max();  ///< for as long each counts
        std::size_t in_all = at_once;      ///< places, with those that count no longer
    };

    ConcurrencyLimit(const asio::any_io_executor& executor, Limits limits);

    /// A place, held for as long as this lives.
    using Permit = std::unique_ptr<State, Return>;

    /// A place; null when cancelled or turned away meanwhile.
    Task<Permit> take(std::size_t turn);

    /// All who wait now go without.
    void turn_away();

private:
    std::shared_ptr<State> state_;
};

}  // namespace dockerext::apply
