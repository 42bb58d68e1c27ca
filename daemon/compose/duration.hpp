#pragma once

#include "base/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace dockerext::compose {

/// Parses a duration in Compose's notation: Go's units, days and weeks ("1m30s", "1.5h", "1w2d", "0").
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// A duration as Go prints it: "1m30s", "1.5s", "500ms", "0s".
std::string go_text(std::chrono::nanoseconds duration);

}  // namespace dockerext::compose
