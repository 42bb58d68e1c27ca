#include "base/trigger.hpp"

namespace dockerext {

void Trigger::raise() {
    raised_ = true;
    condition_.notify();
}

Task<bool> Trigger::wait_until(SteadyTime moment) {
    bool cancelled = co_await is_cancelled();  // also before this wait
    if (!raised_ && !cancelled) {
        (void)co_await condition_.wait_until(moment);
        cancelled = co_await is_cancelled();
    }
    if (cancelled) co_return false;
    raised_ = false;
    co_return true;
}

Task<bool> Trigger::wait() { return wait_until(SteadyTime::max()); }
Task<bool> Trigger::wait(Duration longest) { return wait_until(steady_now() + longest); }

}  // namespace dockerext
