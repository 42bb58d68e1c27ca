#pragma once

#include "base/task.hpp"

#include <exception>
#include <string>
#include <utility>

namespace dockerext {

/// The error that stands for an exception, which is a bug of ours.
inline Error bug_error(const std::exception& bug) {
    return {ErrorKind::internal, std::string("a bug in dockerextd: ") + bug.what()};
}

/// `task`, whose exceptions become errors: for what is about one subject, a step, a request, a document. To
/// end the program for one subject would end it again after each restart, and with it the care for all
/// others.
template <typename T>
Task<Result<T>> contained(Task<Result<T>> task) {
    try {
        Result<T> result = co_await std::move(task);
        co_return result;
    } catch (const std::exception& bug) {
        co_return bug_error(bug);
    }
}

/// The same of a function that waits for nothing.
template <typename Function>
Result<> contained_call(Function&& function) {
    try {
        std::forward<Function>(function)();
        return {};
    } catch (const std::exception& bug) {
        return bug_error(bug);
    }
}

}  // namespace dockerext
