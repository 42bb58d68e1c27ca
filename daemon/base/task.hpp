#pragma once

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace dockerext {

namespace asio = boost::asio;
using Duration = std::chrono::steady_clock::duration;

/// An asynchronous function. It runs only while awaited, and is destroyed with its awaiter.
template <typename T>
using Task = asio::awaitable<T>;

/// Whether the running coroutine was asked to end. The request may have come while nothing was waiting:
/// `sleep_for` and Trigger (base/trigger.hpp) notice that themselves, before other waits check it.
Task<bool> is_cancelled();

/// Sleeps; false if cancelled, also before.
Task<bool> sleep_for(Duration duration);

/// Awaits `task` and stores its result in `into`. Turns any task into a Task<void>, so that code that is
/// expensive to compile (races, spawning) is compiled once, for Task<void>.
template <typename T>
Task<void> store_result(Task<T> task, std::optional<T>& into) {
    into.emplace(co_await std::move(task));
}

}  // namespace dockerext
