#pragma once

#include "base/condition.hpp"

namespace dockerext {

/// "Something may have changed", for one waiter. Many raises before one wait cause one wake-up, and a raise
/// while nobody waits is kept for the next wait. It carries no data; the waiter looks itself.
class Trigger {
public:
    void raise();

    /// Waits until raised; false if cancelled.
    Task<bool> wait();
    /// Waits until raised or until `longest` has passed; false if cancelled.
    Task<bool> wait(Duration longest);

private:
    Task<bool> wait_until(SteadyTime moment);

    Condition condition_;
    bool raised_ = false;
};

}  // namespace dockerext
