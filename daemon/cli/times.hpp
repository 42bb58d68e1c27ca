#pragma once

#include "model/observed.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::cli {

/// Parses "90s", "5m", "1h30m", "2d"; a number alone means seconds. Nullopt for anything else, for zero and
/// for more than ten years.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// Parses a duration before `now` ("1h"), ISO 8601 in UTC, or local time as "2024-01-31[ 12:00[:00]]".
std::optional<model::WallTime> parse_since(std::string_view text, model::WallTime now);

/// "12:00:00", local.
std::string clock_text(model::WallTime time);
/// "2024-01-31", local.
std::string date_text(model::WallTime time);

/// "12 s", "4 min", "3 h", "2 d": one unit, rounded down. A negative duration is "0 s".
std::string duration_text(std::chrono::nanoseconds duration);
/// "850 ms", "12 s": how long something took.
std::string took_text(std::chrono::milliseconds took);

}  // namespace dockerext::cli
