#include "base/task.hpp"

#include "base/timer.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace dockerext {

Task<bool> is_cancelled() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

Task<bool> sleep_for(Duration duration) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return false;
    Timer timer(co_await asio::this_coro::executor);
    const SteadyTime begun = steady_now();
    const SteadyTime end = duration < SteadyTime::max() - begun ? begun + duration : SteadyTime::max();
    co_return co_await timer.wait_until(end);
}

}  // namespace dockerext
