#pragma once

#include <string>
#include <string_view>

namespace dockerext {

/// The output of another program, made fit for a status, a log or a terminal: valid UTF-8, without escape
/// sequences and control characters. Keeps lines, but not blanks at their ends, nor empty lines.
std::string plain_text(std::string_view output);

/// The last lines of a plain text, as many as fit into `lines` and `bytes`. A longer line keeps its
/// beginning.
std::string last_lines(std::string_view text, std::size_t lines, std::size_t bytes);

}  // namespace dockerext
