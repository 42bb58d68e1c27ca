#include "watches/inotify.hpp"

#include <sys/inotify.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace dockerext::watches {
namespace {

Error read_error(const boost::system::error_code& code) {
    return Error::from_code(code, "read folder events");
}

void append_events(std::string_view bytes, std::vector<FileEvent>& events) {
    while (bytes.size() >= sizeof(inotify_event)) {
        inotify_event event = {};
        std::memcpy(&event, bytes.data(), sizeof(event));
        const std::size_t size = std::min(bytes.size(), sizeof(event) + event.len);
        const std::string_view padded = bytes.substr(sizeof(event), size - sizeof(event));
        events.push_back({event.wd, event.mask, std::string(padded.substr(0, padded.find('\0')))});
        bytes.remove_prefix(size);
    }
}

}  // namespace

Result<asio::posix::stream_descriptor> open_inotify(const asio::any_io_executor& executor) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return Error::from_errno(errno, "inotify_init1");
    asio::posix::stream_descriptor descriptor(executor, fd);
    boost::system::error_code code;
    descriptor.non_blocking(true, code);  // otherwise Asio blocks when there is nothing to read
    if (code) return Error::from_code(code, "inotify");
    return descriptor;
}

Task<Result<std::vector<FileEvent>>> next_events(asio::posix::stream_descriptor& inotify) {
    alignas(inotify_event) std::array<char, 16384> buffer{};
    std::vector<FileEvent> events;
    auto [error, size] =
        co_await inotify.async_read_some(asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
    while (!error) {
        append_events({buffer.data(), size}, events);
        size = inotify.read_some(asio::buffer(buffer), error);
    }
    if (error != asio::error::would_block) co_return read_error(error);
    co_return events;
}

}  // namespace dockerext::watches
