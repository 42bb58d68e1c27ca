#pragma once

#include "base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace dockerext::reconcile {

/// Runs `task` on this thread, by an io_context of its own, to its end. An exception of it is a bug, and goes
/// on.
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
