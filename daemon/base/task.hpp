#pragma once

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace dockerext {

namespace asio = boost::asio;
using Duration = std::chrono::steady_clock::duration;

/// An asynchronous function. It runs only while awaited, and dies with its awaiter.
template <typename T>
using Task = asio::awaitable<T>;

/// Whether the running coroutine was asked to end: to be looked at between two waits, as the request may
/// have come when nothing was waiting.
Task<bool> is_cancelled();

/// Sleeps; false when cancelled meanwhile.
Task<bool> sleep_for(Duration duration);

}  // namespace dockerext
