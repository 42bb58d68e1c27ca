#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace dockerext::watches {

/// An event of inotify(7).
struct FileEvent {
    int watch = -1;
    std::uint32_t mask = 0;
    std::string name;  ///< in the watched folder; "" for the folder itself
};

Result<asio::posix::stream_descriptor> open_inotify(const asio::any_io_executor& executor);

/// Waits for an event and returns all pending events. `inotify` must outlive the call.
Task<Result<std::vector<FileEvent>>> next_events(asio::posix::stream_descriptor& inotify);

}  // namespace dockerext::watches
