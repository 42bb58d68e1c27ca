#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace dockerext {

/// Awaits `task`; cancellation is a value in it, never an exception. Asio keeps this as a property of a chain
/// of awaiting coroutines, so it is set once, where a chain starts: by `spawn`, and for the operands of the
/// operators && and || (base/timeout.cpp).
template <typename T>
Task<T> cancellation_as_value(Task<T> task) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return co_await std::move(task);
}

/// Lets an exception of a task, which is a bug, leave through the event loop.
void rethrow(std::exception_ptr bug);

/// Starts `task` on `executor`. Calls `ended` at its end, with its exception if there is one. `slot` cancels
/// it. The only function that starts a coroutine.
void spawn(const asio::any_io_executor& executor, Task<void> task,
           std::function<void(std::exception_ptr)> ended = rethrow, asio::cancellation_slot slot = {});

/// Runs `io`, which has nothing else to do, until `task` has ended.
template <typename T>
T run_alone(asio::io_context& io, Task<T> task) {
    std::optional<T> result;
    spawn(io.get_executor(), store_result(std::move(task), result));
    io.run();
    return std::move(result).value();
}

}  // namespace dockerext
