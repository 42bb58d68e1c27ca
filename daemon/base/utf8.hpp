#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

/// Takes the first character off `text`; none, and one byte taken, when it begins with no valid UTF-8. Not
/// for an empty text.
std::optional<char32_t> take_code_point(std::string_view& text);

/// Appends a Unicode scalar value.
void append_utf8(std::string& text, char32_t point);

/// `text` with U+FFFD for each byte that is no part of a valid sequence, and for NUL.
std::string valid_utf8(std::string_view text);

}  // namespace dockerext
