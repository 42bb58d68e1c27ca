// Replaces watches/clock_watch.cpp.
#include "watches/clock_watch.hpp"

#include "clock_watchers.hpp"

#include <sys/eventfd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>

namespace dockerext {
namespace {

/// Registers a watcher; lives in the waiting coroutine's frame.
struct Watching {
    explicit Watching(int watched) : descriptor(watched) { sim::ClockWatchers::watchers.insert(descriptor); }
    Watching(Watching&&) = delete;
    ~Watching() { sim::ClockWatchers::watchers.erase(descriptor); }
    int descriptor;
};

}  // namespace

void sim::ClockWatchers::notify_all() {
    for (const int watcher : watchers) (void)::eventfd_write(watcher, 1);
}

namespace watches {

Result<ClockWatch> ClockWatch::open(const asio::any_io_executor& executor) {
    const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) return Error::from_errno(errno, "eventfd");
    return ClockWatch(asio::posix::stream_descriptor(executor, fd));
}

Task<bool> ClockWatch::changed() {
    const Watching watching(descriptor_.native_handle());
    const auto [error] = co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                         asio::as_tuple(asio::use_awaitable));
    if (error) co_return false;
    eventfd_t count = 0;
    (void)::eventfd_read(watching.descriptor, &count);
    co_return true;
}

}  // namespace watches
}  // namespace dockerext
