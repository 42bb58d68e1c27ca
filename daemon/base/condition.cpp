#include "base/condition.hpp"

#include <boost/asio/this_coro.hpp>

namespace dockerext {

void Condition::notify() {
    for (Timer& waiter : waiters_) waiter.wake();
}

Task<bool> Condition::wait_until(SteadyTime moment) {
    const auto waiter = waiters_.emplace(waiters_.end(), co_await asio::this_coro::executor);
    const bool reached = co_await waiter->wait_until(moment);
    waiters_.erase(waiter);
    co_return reached;
}

Task<void> Condition::wait() { (void)co_await wait_until(SteadyTime::max()); }

}  // namespace dockerext
