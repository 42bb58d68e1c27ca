#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace dockerext::watches {

/// inotify on files by their paths, whether they are there yet or not: created, replaced, closed after
/// writing, moved away, removed, other mode or owner. Their folders may come and go; other files in them
/// count for nothing. Neither what a link points to is watched, nor what else is mounted over a folder, nor a
/// second name of the same file.
class FileWatch {
public:
    /// Paths are absolute. An error when the machine has no more watches to give.
    static Result<FileWatch> open(const asio::any_io_executor& executor,
                                  std::vector<std::filesystem::path> files);
    FileWatch(FileWatch&&) noexcept;
    FileWatch& operator=(FileWatch&&) noexcept;
    ~FileWatch();

    /// Until one of the files has changed since the last call, or since `open`; several changes are one.
    /// `cancelled` when cancelled.
    Task<Result<>> changed();

private:
    struct State;
    explicit FileWatch(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace dockerext::watches
