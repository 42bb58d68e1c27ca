#pragma once

namespace dockerext {

/// Independent of the locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace dockerext
