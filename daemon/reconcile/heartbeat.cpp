#include "reconcile/heartbeat.hpp"

#include <algorithm>

namespace dockerext::reconcile {
namespace {

/// Within a cycle, while no call is pending.
constexpr Duration longest_silence = std::chrono::minutes(5);

}  // namespace

void Heartbeat::cycle_began(SteadyTime now) {
    last_lag_ = std::max<Duration>(now - due_, Duration::zero());
    is_in_cycle_ = true;
    due_ = now + longest_silence;
}

void Heartbeat::sleeps_until(SteadyTime moment) {
    is_in_cycle_ = false;
    due_ = moment;
}

void Heartbeat::update_calls(std::uint64_t count, Duration longest_wait, SteadyTime now) {
    const bool makes_progress = count != calls_ || longest_wait > Duration::zero();
    if (is_in_cycle_ && makes_progress) due_ = now + longest_silence;
    calls_ = count;
}

bool Heartbeat::is_overdue(SteadyTime now, Duration tolerance) const { return now - tolerance > due_; }

Duration Heartbeat::lag(SteadyTime now) const { return now > due_ ? now - due_ : last_lag_; }

}  // namespace dockerext::reconcile
