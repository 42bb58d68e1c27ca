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
    bool rung = false;
    const auto ring = [&] {
        rung = true;
        timer_.cancel();
    };
    std::optional<sim::Schedule::Alarm> alarm;
    if (moment != SteadyTime::max()) alarm.emplace(sim::Schedule::current(), moment, ring);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return rung;
}

}  // namespace dockerext
