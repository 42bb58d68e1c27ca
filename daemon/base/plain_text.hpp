#pragma once

#include <string>
#include <string_view>

namespace dockerext {

/// What another program said, made fit for a status, a log or a terminal: valid UTF-8, without escape
/// sequences and control characters. Lines stay lines, without blanks at their ends and without empty ones.
std::string plain_text(std::string_view said);

/// The last lines of a plain text, as many as fit `lines` and `bytes`. A line longer than that keeps its
/// beginning.
std::string last_lines(std::string_view text, std::size_t lines, std::size_t bytes);

}  // namespace dockerext
