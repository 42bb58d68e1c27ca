#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace dockerext::watches {

/// What inotify(7) tells of a watch.
struct FileEvent {
    int watch = -1;
    std::uint32_t mask = 0;
    std::string name;  ///< in the watched folder; "" when it is about the folder itself
};

Result<asio::posix::stream_descriptor> open_inotify(const asio::any_io_executor& executor);

/// Waits for an event, and takes all that there are by then. `inotify` outlives the call.
Task<Result<std::vector<FileEvent>>> next_events(asio::posix::stream_descriptor& inotify);

}  // namespace dockerext::watches
