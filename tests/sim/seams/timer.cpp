// Replaces base/timer.cpp.
#include "base/timer.hpp"

#include "schedule.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

namespace dockerext {

/// Asio's timer never expires by itself here. It only provides the handling of cancellation and destruction.
Task<bool> Timer::wait_until(SteadyTime moment) {
    timer_.expires_at(SteadyTime::max());
    bool fired = false;
    const auto fire = [&] {
        fired = true;
        timer_.cancel();
    };
    std::optional<sim::Schedule::ScheduledCall> alarm;
    if (moment != SteadyTime::max()) alarm.emplace(sim::Schedule::current(), moment, fire);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return fired;
}

}  // namespace dockerext
