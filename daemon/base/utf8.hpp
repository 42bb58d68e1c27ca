#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

/// Removes the first character from `text` and returns it; if `text` does not begin with valid UTF-8, removes
/// one byte and returns nullopt. `text` must not be empty.
std::optional<char32_t> next_code_point(std::string_view& text);

/// Appends a Unicode scalar value.
void append_utf8(std::string& text, char32_t point);

/// Whether people see the character for what it is: it is no control character, and neither invisible nor a
/// mark that reorders its line.
bool is_printable(char32_t point) noexcept;

bool is_utf8(std::string_view text);

/// `text` with U+FFFD for each byte that is not part of a valid sequence, and for NUL.
std::string valid_utf8(std::string_view text);

}  // namespace dockerext
