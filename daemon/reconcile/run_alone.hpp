#pragma once

#include "base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace dockerext::reconcile {

/// Runs `task` to its end on this thread, in its own io_context. Rethrows an exception of the task, which is
/// a bug.
template <typename T>
T run_alone(Task<T> task) {
    asio::io_context io(1);
    std::exception_ptr bug;
    std::optional<T> outcome;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown, T result) {
        bug = std::move(thrown);
        outcome = std::move(result);
    });
    io.run();
    if (bug) std::rethrow_exception(bug);
    return std::move(*outcome);
}

}  // namespace dockerext::reconcile
