#pragma once

#include "base/off_loop.hpp"
#include "base/timeout.hpp"
#include "doctor/facts.hpp"
#include "doctor/machine_files.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace dockerext::doctor {

constexpr Duration file_limit = std::chrono::seconds(4);

/// Runs `read` on a thread of its own, because a disk may hang. `into` outlives the call.
template <typename T>
Task<void> read_fact(std::function<Found<T>(std::stop_token)> read, Found<T>& into) {
    auto reading = off_loop<T>(std::move(read));
    auto limited = with_timeout(file_limit, "no answer from the disk within 4 s", std::move(reading));
    auto found = co_await std::move(limited);
    into = with_right(std::move(found));
}

/// The same for a function without a stop token.
template <typename T>
Task<void> read_fact(std::function<Found<T>()> read, Found<T>& into) {
    std::function<Found<T>(std::stop_token)> reading = [read = std::move(read)](std::stop_token) {
        return read();
    };
    return read_fact<T>(std::move(reading), into);
}

}  // namespace dockerext::doctor
