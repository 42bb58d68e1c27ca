#include "base/off_loop.hpp"

#include "base/unique_fd.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>

#include <atomic>
#include <cerrno>
#include <exception>
#include <system_error>
#include <thread>

namespace dockerext {
namespace {

/// Owned by the awaiting coroutine and by the thread; the last of them frees it.
struct Work {
    explicit Work(std::function<void(std::stop_token)> what)
        : work(std::move(what)), done(::eventfd(0, EFD_CLOEXEC)) {}
    Work(Work&&) = delete;

    void run() {
        try {
            work(stop.get_token());
        } catch (...) {
            bug = std::current_exception();
        }
        work = {};  // what it owns is freed here, not on the event loop
        ended.store(true, std::memory_order_release);
        (void)::eventfd_write(done.get(), 1);  // cannot fail: nobody else writes
    }

    std::function<void(std::stop_token)> work;
    UniqueFd done;
    std::stop_source stop;
    std::exception_ptr bug;
    std::atomic<bool> ended = false;
};

Task<Result<>> wait_until_done(std::shared_ptr<Work> work) {
    const int fd = ::fcntl(work->done.get(), F_DUPFD_CLOEXEC, 0);  // Asio's descriptor closes its own
    if (fd < 0) co_return Error::from_errno(errno, "wait for an event");
    asio::posix::stream_descriptor done(co_await asio::this_coro::executor, fd);
    // When a descriptor number is reused, a wait may end because of its predecessor, so only `ended` counts.
    while (!work->ended.load(std::memory_order_acquire)) {
        const auto [error] = co_await done.async_wait(asio::posix::stream_descriptor::wait_read,
                                                      asio::as_tuple(asio::use_awaitable));
        if (error) co_return Error(ErrorKind::cancelled, "cancelled");
    }
    co_return Result<>{};
}

Result<> start_thread(const std::shared_ptr<Work>& work) {
    if (!work->done) return Error::from_errno(errno, "make an event");
    try {
        std::thread([work] { work->run(); }).detach();
    } catch (const std::system_error& refused) {  // std::thread reports failure only by exception
        return Error(ErrorKind::unavailable, Error::from_code(refused.code(), "start a thread").message());
    }
    return {};
}

/// Requests the stop also if the coroutine is destroyed while it waits.
struct StopOnExit {
    std::stop_source stop;
    ~StopOnExit() { stop.request_stop(); }
};

}  // namespace

Task<Result<>> run_off_loop(std::function<void(std::stop_token)> what) {
    const auto work = std::make_shared<Work>(std::move(what));
    const StopOnExit stop{work->stop};
    const Result<> started = start_thread(work);
    if (!started) co_return started.error();
    auto waiting = wait_until_done(work);
    const Result<> ended = co_await std::move(waiting);
    if (!ended) co_return ended.error();
    if (work->bug) std::rethrow_exception(work->bug);
    co_return Result<>{};
}

}  // namespace dockerext
