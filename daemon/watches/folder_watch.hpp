#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <filesystem>
#include <string>

namespace dockerext::watches {

/// Watches one folder with inotify for files that are moved in or closed after writing.
class FolderWatch {
public:
    static Result<FolderWatch> open(const asio::any_io_executor& executor,
                                    const std::filesystem::path& folder);

    /// Waits until the folder has changed since the last call; several changes count as one. `cancelled` when
    /// cancelled, `not_found` once the folder has been moved or removed.
    Task<Result<>> changed();

private:
    FolderWatch(asio::posix::stream_descriptor descriptor, std::string name)
        : descriptor_(std::move(descriptor)), name_(std::move(name)) {}

    asio::posix::stream_descriptor descriptor_;
    std::string name_;  ///< the folder's name in its parent
};

}  // namespace dockerext::watches
