#pragma once

#include "model/observed.hpp"

#include <chrono>
#include <cstdint>

namespace dockerext::state {

// A time on disk: nanoseconds since the epoch, as exact as it is in memory.
inline std::int64_t to_number(model::WallTime time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}
inline model::WallTime to_time(std::int64_t number) {
    return model::WallTime(std::chrono::nanoseconds(number));
}

}  // namespace dockerext::state
