#include "reconcile/changes.hpp"

namespace dockerext::reconcile {

void Changes::raise() {
    ++number_;
    raised_.notify();
}

void Changes::raise_for_progress(SteadyTime now) {
    if (progressed_ && now - *progressed_ < std::chrono::seconds(1)) return;
    progressed_ = now;
    raise();
}

Task<bool> Changes::wait_beyond(std::uint64_t number, Duration longest) {
    if (number_ > number) co_return true;
    (void)co_await raised_.wait_until(steady_now() + longest);
    co_return number_ > number;
}

}  // namespace dockerext::reconcile
