#pragma once

#include <chrono>

namespace dockerext::test {

/// The current time in these tests: 31 January 2024, 12:00 UTC.
inline constexpr auto noon = std::chrono::sys_days(std::chrono::year(2024) / 1 / 31) + std::chrono::hours(12);

}  // namespace dockerext::test
