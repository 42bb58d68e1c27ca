#include "state/shared_sync.hpp"

#include "base/disk_sync.hpp"
#include "base/off_loop.hpp"
#include "base/timeout.hpp"

#include <fcntl.h>

#include <cerrno>

namespace dockerext::state {
namespace {

constexpr auto sync_timeout = std::chrono::minutes(1);

Task<Result<>> sync_off_loop(int fd) {
    const auto own = std::make_shared<UniqueFd>(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!*own) co_return Error::from_errno(errno, "sync");
    std::function<Result<bool>(std::stop_token)> work = [own](const std::stop_token&) -> Result<bool> {
        if (sync_data(own->get()) != 0) return Error::from_errno(errno, "sync");
        return true;
    };
    auto syncing = off_loop(std::move(work));
    const auto synced = co_await std::move(syncing);
    if (!synced) co_return synced.error();
    co_return Result<>();
}

}  // namespace

Task<Result<>> SharedSync::sync(const UniqueFd& file) {
    const std::uint64_t ticket = ++requested_;
    while (synced_ < ticket) {
        if (!under_way_) {
            auto syncing_for_all = sync_for_all(file);
            const Result<> result = co_await std::move(syncing_for_all);
            if (!result) co_return result;
            continue;
        }
        co_await ended_.wait();
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return Error(ErrorKind::cancelled, "sync");
    }
    co_return Result<>();
}

/// A failure counts as the sync of all who had asked; after a cancellation one of the others syncs again.
Task<Result<>> SharedSync::sync_for_all(const UniqueFd& file) {
    under_way_ = true;
    const std::uint64_t all = requested_;
    const Result<> synced = co_await with_timeout(sync_timeout, "sync", sync_off_loop(file.get()));
    under_way_ = false;
    if (synced || synced.error().kind() != ErrorKind::cancelled) synced_ = all;
    ended_.notify();
    co_return synced;
}

}  // namespace dockerext::state
