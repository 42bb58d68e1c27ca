#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"

#include <cstdint>

namespace dockerext::reconcile {

/// Whether a loop makes progress, judged by what the loop reports. A value: times come in as arguments. A
/// loop that sleeps must wake up when it said it would. A loop in a cycle waits for calls to the engine, each
/// of which has a deadline: an engine that hangs does not count as a hang of the daemon.
class Heartbeat {
public:
    void cycle_began(SteadyTime now);
    void sleeps_until(SteadyTime moment);
    /// `count` is the number of all calls to the engine so far. `longest_wait` is how long the oldest pending
    /// call has been waiting; zero if no call is pending.
    void update_calls(std::uint64_t count, Duration longest_wait, SteadyTime now);

    /// Whether the loop should have woken up, or called the engine, at least `tolerance` ago.
    bool is_overdue(SteadyTime now, Duration tolerance) const;
    /// How long the loop has been due; or, if it is not, how late its last cycle began.
    Duration lag(SteadyTime now) const;

private:
    SteadyTime due_ = SteadyTime::max();  ///< when the loop must have made progress
    bool is_in_cycle_ = false;
    Duration last_lag_{0};  ///< of the last cycle's beginning
    std::uint64_t calls_ = 0;
};

}  // namespace dockerext::reconcile
