#pragma once

#include "model/observed.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace dockerext::state {

// A time on disk: nanoseconds since the epoch, the precision that it has in memory. No time is before the
// epoch, so that the difference of any two is representable.
inline std::int64_t to_number(model::WallTime time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}
inline model::WallTime to_time(std::int64_t number) {
    return model::WallTime(std::chrono::nanoseconds(std::max<std::int64_t>(number, 0)));
}

}  // namespace dockerext::state
