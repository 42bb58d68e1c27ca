#include "reconcile/changes.hpp"

#include "base/timer.hpp"

namespace dockerext::reconcile {

void Changes::raise() {
    ++number_;
    for (Timer* waiter : waiters_) waiter->wake();
}

void Changes::raise_for_progress(SteadyTime now) {
    if (progressed_ && now - *progressed_ < std::chrono::seconds(1)) return;
    progressed_ = now;
    raise();
}

/// Each waiter has a timer of its own: setting a shared timer again would wake the others.
Task<bool> Changes::wait_beyond(std::uint64_t number, Duration longest) {
    if (number_ > number) co_return true;
    Timer timer(executor_);
    const auto entry = waiters_.insert(waiters_.end(), &timer);
    (void)co_await timer.wait_until(steady_now() + longest);
    waiters_.erase(entry);
    co_return number_ > number;
}

}  // namespace dockerext::reconcile
