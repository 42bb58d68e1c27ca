#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"

#include <cstdint>

namespace dockerext::reconcile {

/// Whether a loop gets on, from what it says of itself. A value: the clock comes in. A loop that sleeps wakes
/// up when it said it would. One in a cycle waits for calls to the engine, each of which has a deadline: an
/// engine that hangs is no hang of ours.
class Heartbeat {
public:
    void cycle_began(SteadyTime now);
    void sleeps_until(SteadyTime moment);
    /// How many calls the engine has had in all, and for how long the oldest has been waiting; zero when none
    /// is.
    void saw_calls(std::uint64_t count, Duration longest_wait, SteadyTime now);

    /// It should have woken up, or have called the engine, `tolerance` ago and longer.
    bool is_overdue(SteadyTime now, Duration tolerance) const;

private:
    SteadyTime due_ = SteadyTime::max();  ///< when something is to have happened
    bool is_in_cycle_ = false;
    std::uint64_t calls_ = 0;
};

}  // namespace dockerext::reconcile
