#include "systemd/event.hpp"

#include <utility>

namespace dockerext::systemd {

void Event::tell() {
    told_ = true;
    timer_.wake();
}

Task<bool> Event::told() {
    const bool cancelled = co_await is_cancelled();  // also a cancellation from before this wait
    if (!told_ && !cancelled) {
        co_await timer_.wait();
    }
    co_return std::exchange(told_, false);
}

}  // namespace dockerext::systemd
