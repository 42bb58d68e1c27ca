#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::cli {

/// How text may look where it goes.
struct TerminalStyle {
    std::size_t columns = 80;
    bool colours = false;
};

enum class Colour { none, good, busy, bad };

/// `text` so that a terminal only shows it: control characters, invalid UTF-8 and marks that turn the writing
/// direction become U+FFFD, line ends and tabs a space.
std::string printable(std::string_view text);
/// The same for text of many lines, whose line ends and tabs stay.
std::string printable_lines(std::string_view text);

/// `text` in a colour, where there are any.
std::string coloured(std::string text, Colour colour, const TerminalStyle& style);

/// Columns that a printable text takes.
std::size_t width_of(std::string_view text);

/// A printable text as lines of at most `columns`, broken at spaces where there are any, and at each '\n'.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

}  // namespace dockerext::cli
