#pragma once

#include "base/task.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace dockerext {

/// `off_loop` for work that stores its result elsewhere. Fails with `unavailable` if no thread can be
/// started, or `cancelled`.
Task<Result<>> run_off_loop(std::function<void(std::stop_token)> work);

/// Runs `work`, which may block or compute for long, on a thread of its own, so that the event loop continues
/// meanwhile. When cancelled, it asks `work` to stop and does not wait for it, because a hung disk cannot be
/// interrupted: `work` must own what it uses. Rethrows an exception of `work`.
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
