#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace dockerext::watches {

/// Watches files by their paths with inotify, whether they exist or not. A file is changed when it is
/// created, replaced, closed after writing, moved away or removed, or gets another mode or owner. Its folders
/// may be created and removed. Other files in the folders are ignored. Does not watch targets of links, file
/// systems mounted over a folder, or other hard links of a file.
class FileWatch {
public:
    /// Paths must be absolute. Fails if the machine's limit of inotify watches is reached.
    static Result<FileWatch> open(const asio::any_io_executor& executor,
                                  std::vector<std::filesystem::path> files);
    FileWatch(FileWatch&&) noexcept;
    FileWatch& operator=(FileWatch&&) noexcept;
    ~FileWatch();

    /// Waits until a file has changed since the last call, or since `open`; several changes count as one.
    /// `cancelled` when cancelled.
    Task<Result<>> changed();

private:
    struct State;
    explicit FileWatch(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace dockerext::watches
