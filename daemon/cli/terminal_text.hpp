#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::cli {

/// The capabilities of the terminal that text is written to.
struct TerminalStyle {
    std::size_t columns = 80;
    bool colours = false;
};

enum class Colour { none, good, busy, bad };

/// `text` made safe for a terminal: control characters, invalid UTF-8 and marks that change the writing
/// direction become U+FFFD; line ends and tabs become spaces.
std::string printable(std::string_view text);
/// The same for text of several lines: line ends and tabs stay.
std::string printable_lines(std::string_view text);

/// `text` in a colour, if `style` has colours.
std::string coloured(std::string text, Colour colour, const TerminalStyle& style);

/// The number of columns that a printable text takes.
std::size_t width_of(std::string_view text);

/// Splits a printable text into lines of at most `columns`, at each '\n' and, where possible, at spaces.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

}  // namespace dockerext::cli
