#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace dockerext::settings {

/// "90s", "5m", "1h30m": whole hours, minutes and seconds in this order, as Go would write them. None for
/// anything else, also for what is longer than a thousand hours.
std::optional<std::chrono::seconds> parse_interval(std::string_view text);

}  // namespace dockerext::settings
