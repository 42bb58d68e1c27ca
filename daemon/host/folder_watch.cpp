#include "host/folder_watch.hpp"

#include <sys/inotify.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace dockerext::host {
namespace {

constexpr std::uint32_t wanted = IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t gone = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;
/// A folder that somebody has open is removed without a word of its own: its parent tells.
constexpr std::uint32_t leaving = IN_DELETE | IN_MOVED_FROM;

Error read_error(const boost::system::error_code& code) {
    return Error::from_code(code, "read folder events");
}

}  // namespace

/// Whether one of the events in `bytes` says that the folder is no longer where it was.
bool FolderWatch::tells_the_end(std::string_view bytes) const {
    bool end = false;
    while (bytes.size() >= sizeof(inotify_event)) {
        inotify_event event = {};
        std::memcpy(&event, bytes.data(), sizeof(event));
        const std::size_t size = std::min(bytes.size(), sizeof(event) + event.len);
        const std::string_view padded = bytes.substr(sizeof(event), size - sizeof(event));
        const std::string_view name = padded.substr(0, padded.find('\0'));
        end = end || (event.mask & gone) != 0 || ((event.mask & leaving) != 0 && name == name_);
        bytes.remove_prefix(size);
    }
    return end;
}

Result<FolderWatch> FolderWatch::open(const asio::any_io_executor& executor,
                                      const std::filesystem::path& folder) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return Error::from_errno(errno, "inotify_init1");
    FolderWatch watch(asio::posix::stream_descriptor(executor, fd), folder.filename());
    const bool watched = ::inotify_add_watch(fd, folder.parent_path().c_str(), leaving | IN_ONLYDIR) >= 0 &&
                         ::inotify_add_watch(fd, folder.c_str(), wanted) >= 0;
    if (!watched) return Error::from_errno(errno, "watch '" + folder.string() + "'");
    boost::system::error_code code;
    watch.descriptor_.non_blocking(true, code);  // or Asio waits where it finds nothing to read
    if (code) return Error::from_code(code, "inotify");
    return watch;
}

Task<Result<>> FolderWatch::changed() {
    alignas(inotify_event) std::array<char, 16384> buffer{};
    auto [error, size] =
        co_await descriptor_.async_read_some(asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
    if (error) co_return read_error(error);
    bool end = tells_the_end({buffer.data(), size});
    // What else has happened by now is part of the same change.
    for (;;) {
        size = descriptor_.read_some(asio::buffer(buffer), error);
        if (error == asio::error::would_block) break;
        if (error) co_return read_error(error);
        end = end || tells_the_end({buffer.data(), size});
    }
    if (end) co_return Error(ErrorKind::not_found, "the watched folder is gone");
    co_return Result<>{};
}

}  // namespace dockerext::host
