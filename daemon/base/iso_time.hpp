#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

/// ISO 8601 in UTC with milliseconds: "2024-01-31T12:00:00.123Z".
std::string iso_time(WallTime time);

/// "2024-01-31T12:00:00Z", with or without a fraction of up to nine digits; nullopt for anything else. A time
/// before the epoch reads as the epoch, so that the difference of two times cannot overflow.
std::optional<WallTime> parse_iso_time(std::string_view text);

}  // namespace dockerext
