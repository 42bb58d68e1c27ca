#pragma once

#include "base/json_cursor.hpp"
#include "base/json_writer.hpp"
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

/// Writes the members of an observed network into the open object, without the containers on it.
void write_network(const model::ObservedNetwork& network, JsonWriter& json);
/// Unreadable members count as absent.
model::ObservedNetwork network_of(const JsonCursor& json);

}  // namespace dockerext::state
