#pragma once

#include "base/task.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace dockerext {

/// `off_loop` for what leaves its result elsewhere. `unavailable` when no thread can be begun, `cancelled`.
Task<Result<>> run_off_loop(std::function<void(std::stop_token)> work);

/// Runs `work`, which may block or compute for long, on a thread of its own, so that the event loop goes on
/// meanwhile. When cancelled it asks `work` to stop and does not wait for it, as a disk that hangs cannot be
/// interrupted: `work` owns what it uses. An exception of `work` is thrown on from here.
template <typename T>
Task<Result<T>> off_loop(std::function<Result<T>(std::stop_token)> work) {
    const auto result = std::make_shared<std::optional<Result<T>>>();
    std::function<void(std::stop_token)> storing = [result, work = std::move(work)](std::stop_token stop) {
        result->emplace(work(std::move(stop)));
    };
    auto running = run_off_loop(std::move(storing));
    const Result<> ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    co_return std::move(**result);
}

}  // namespace dockerext
