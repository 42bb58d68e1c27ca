#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace dockerext {

/// Wakes its waiter at a given time, or earlier. Asio's own timer knows only the machine's time. Who waits
/// for something else than a time uses a Condition or a Trigger.
class Timer {
public:
    explicit Timer(const asio::any_io_executor& executor) : timer_(executor) {}

    /// True if `moment` was reached; false if woken before, by `wake` or because the waiter was cancelled.
    Task<bool> wait_until(SteadyTime moment);
    /// Wakes the current waiter.
    void wake() { timer_.cancel(); }

private:
    asio::steady_timer timer_;
};

}  // namespace dockerext
