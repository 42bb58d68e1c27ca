#include "watches/folder_watch.hpp"

#include "watches/inotify.hpp"

#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>

namespace dockerext::watches {
namespace {

constexpr std::uint32_t folder_events =
    IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t removal_events = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;
/// Events of the parent: while a process has the folder open, its removal gives no event on its own watch.
constexpr std::uint32_t parent_events = IN_DELETE | IN_MOVED_FROM;

}  // namespace

Result<FolderWatch> FolderWatch::open(const asio::any_io_executor& executor,
                                      const std::filesystem::path& folder) {
    auto inotify = open_inotify(executor);
    if (!inotify) return inotify.error();
    const int fd = inotify->native_handle();
    const bool watched =
        ::inotify_add_watch(fd, folder.parent_path().c_str(), parent_events | IN_ONLYDIR) >= 0 &&
        ::inotify_add_watch(fd, folder.c_str(), folder_events) >= 0;
    if (!watched) return Error::from_errno(errno, "watch '" + folder.string() + "'");
    return FolderWatch(std::move(*inotify), folder.filename());
}

Task<Result<>> FolderWatch::changed() {
    const auto events = co_await next_events(descriptor_);
    if (!events) co_return events.error();
    const bool end = std::any_of(events->begin(), events->end(), [this](const FileEvent& event) {
        return (event.mask & removal_events) != 0 ||
               ((event.mask & parent_events) != 0 && event.name == name_);
    });
    if (end) co_return Error(ErrorKind::not_found, "the watched folder is gone");
    co_return Result<>{};
}

}  // namespace dockerext::watches
