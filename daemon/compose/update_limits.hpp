#pragma once

#include "model/desired.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

/// What an update policy for containers can ask for. Beyond that the nearest value is used, so that a
/// document that Compose accepts is not refused.
namespace dockerext::compose {

inline constexpr std::int64_t most_replicas = 10'000;

inline std::chrono::nanoseconds clamped_monitor(std::chrono::nanoseconds monitor) {
    return std::clamp<std::chrono::nanoseconds>(monitor, std::chrono::seconds(0), model::longest_monitor);
}

inline std::chrono::nanoseconds clamped_delay(std::chrono::nanoseconds delay) {
    return std::clamp<std::chrono::nanoseconds>(delay, std::chrono::seconds(0), model::longest_delay);
}

inline unsigned clamped_parallelism(std::int64_t parallelism) {
    return static_cast<unsigned>(std::clamp<std::int64_t>(parallelism, 0, most_replicas));
}

}  // namespace dockerext::compose
