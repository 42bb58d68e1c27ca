#include "base/timer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dockerext {

Task<bool> Timer::wait_until(SteadyTime moment) {
    timer_.expires_at(moment);
    const auto [error] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return !error;
}

}  // namespace dockerext
