#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>

namespace dockerext::apply {

/// A bounded number of places. Whoever waits for one comes by turn, the lowest first: so a plan goes deep
/// before it goes wide, and its first services run early.
class Slots {
    struct State;
    struct Return {
        std::weak_ptr<State>
            state;  ///< gone at the end of the program, when a task may outlive what it runs in
        void operator()(State*) const;
    };

public:
    Slots(const asio::any_io_executor& executor, unsigned count);

    /// A place, held for as long as this lives.
    using Slot = std::unique_ptr<State, Return>;

    /// A place; null when cancelled or turned away meanwhile.
    Task<Slot> take(std::size_t turn);

    /// All who wait now go without.
    void turn_away();

private:
    std::shared_ptr<State> state_;
};

}  // namespace dockerext::apply
