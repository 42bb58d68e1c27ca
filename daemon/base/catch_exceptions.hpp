#pragma once

#include "base/task.hpp"

#include <exception>
#include <string>
#include <utility>

namespace dockerext {

/// The error that reports an exception, which is a bug in this program.
inline Error bug_error(const std::exception& bug) {
    return {ErrorKind::internal, std::string("a bug in dockerextd: ") + bug.what()};
}

/// Runs `task` and turns its exceptions into errors: for work on one subject, step, request or document. If
/// one subject ended the program, it would do so again after each restart, and nothing else would be
/// maintained.
template <typename T>
Task<Result<T>> catch_exceptions(Task<Result<T>> task) {
    try {
        Result<T> result = co_await std::move(task);
        co_return result;
    } catch (const std::exception& bug) {
        co_return bug_error(bug);
    }
}

/// The same for a function that waits for nothing.
template <typename Function>
Result<> catch_exceptions_of(Function&& function) {
    try {
        std::forward<Function>(function)();
        return {};
    } catch (const std::exception& bug) {
        return bug_error(bug);
    }
}

}  // namespace dockerext
