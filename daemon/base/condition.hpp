#pragma once

#include "base/timer.hpp"

#include <list>

namespace dockerext {

/// Wakes the coroutines that wait for something, so that they check again whether they have what they wait
/// for: a condition variable for one event loop. Must outlive its waiters, and not be moved while there are
/// any.
class Condition {
public:
    /// Wakes all current waiters.
    void notify();
    /// Waits for the next `notify`, at most until `moment`. True if `moment` was reached; false if notified
    /// or cancelled before.
    Task<bool> wait_until(SteadyTime moment);
    /// Waits for the next `notify`, or until cancelled.
    Task<void> wait();

private:
    std::list<Timer> waiters_;  ///< each with its own timer: setting a shared one would wake the others
};

}  // namespace dockerext
