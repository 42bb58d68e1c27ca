#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <filesystem>
#include <string>

namespace dockerext::watches {

/// inotify on one folder: files moved in or closed after writing.
class FolderWatch {
public:
    static Result<FolderWatch> open(const asio::any_io_executor& executor,
                                    const std::filesystem::path& folder);

    /// Until something has changed in the folder since the last call; several changes are one. `cancelled`
    /// when cancelled, `not_found` once the folder has been moved or removed.
    Task<Result<>> changed();

private:
    FolderWatch(asio::posix::stream_descriptor descriptor, std::string name)
        : descriptor_(std::move(descriptor)), name_(std::move(name)) {}

    asio::posix::stream_descriptor descriptor_;
    std::string name_;  ///< the folder's, in its parent
};

}  // namespace dockerext::watches
