#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace dockerext::settings {

/// Parses "90s", "5m", "1h30m": whole hours, minutes and seconds in this order, in Go's notation. None for
/// anything else, and for more than a thousand hours.
std::optional<std::chrono::seconds> parse_interval(std::string_view text);

}  // namespace dockerext::settings
