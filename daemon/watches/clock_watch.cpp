#include "watches/clock_watch.hpp"

#include <sys/timerfd.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <cstdint>
#include <limits>

namespace dockerext::watches {
namespace {

/// Arms a timer that never expires but is cancelled when the clock is set.
Result<> arm(int fd) {
    const itimerspec never{.it_interval = {},
                           .it_value = {.tv_sec = std::numeric_limits<time_t>::max(), .tv_nsec = 0}};
    if (::timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) == 0) return {};
    return Error::from_errno(errno, "timerfd_settime");
}

}  // namespace

Result<ClockWatch> ClockWatch::open(const asio::any_io_executor& executor) {
    const int fd = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) return Error::from_errno(errno, "timerfd_create");
    ClockWatch watch(asio::posix::stream_descriptor(executor, fd));
    if (auto armed = arm(fd); !armed) return armed.error();
    return watch;
}

Task<bool> ClockWatch::changed() {
    for (;;) {
        const bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        if (cancelled) co_return false;
        auto [error] = co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                       asio::as_tuple(asio::use_awaitable));
        if (error) co_return false;
        std::uint64_t expirations = 0;
        const auto size = ::read(descriptor_.native_handle(), &expirations, sizeof(expirations));
        const int number = size < 0 ? errno : 0;
        if (number == EAGAIN) continue;
        if (!arm(descriptor_.native_handle())) co_return false;
        if (number == ECANCELED) co_return true;
    }
}

}  // namespace dockerext::watches
