#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace dockerext {

/// Wakes whoever waits, at a moment or before it. Asio's own timer knows no other time than the machine's.
class Timer {
public:
    explicit Timer(const asio::any_io_executor& executor) : timer_(executor) {}

    /// True when the moment has come; false when woken before it, by `wake` or because the waiter was
    /// cancelled.
    Task<bool> wait_until(SteadyTime moment);
    /// Until woken or cancelled.
    Task<void> wait();
    /// Wakes all who wait now.
    void wake() { timer_.cancel(); }

private:
    asio::steady_timer timer_;
};

}  // namespace dockerext
