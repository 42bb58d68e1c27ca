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
    std::size_t rows = 24;
    bool whole_words = false;  ///< never breaks a word, even if the line gets too long: for other programs
};

enum class Colour { none, good, busy, bad };

/// `text` made safe for a terminal: control characters, invalid UTF-8 and marks that change the writing
/// direction become U+FFFD; line ends and tabs become spaces.
std::string printable(std::string_view text);
/// The same for text of several lines: line ends and tabs stay.
std::string printable_lines(std::string_view text);

/// `text` in a colour, if `style` has colours.
std::string coloured(std::string text, Colour colour, const TerminalStyle& style);

/// `text` in one of a few other colours; which one depends on `number`.
std::string numbered_colour(std::string text, std::size_t number, const TerminalStyle& style);

/// A line, which may have colours, in bold, if `style` has colours.
std::string emphasized(std::string line, const TerminalStyle& style);

/// A printable text of one line, cut to `columns`; then it ends in "…".
std::string cut_to(std::string_view text, std::size_t columns);

/// A printable text of one line with spaces after it, so that it takes `columns` at least.
std::string padded(std::string text, std::size_t columns);

/// The number of columns that a printable text takes.
std::size_t width_of(std::string_view text);

/// Splits a printable text into lines of at most `columns`, at each '\n' and, where possible, at spaces; with
/// `whole_words` only there.
std::vector<std::string> wrap(std::string_view text, std::size_t columns, bool whole_words = false);

}  // namespace dockerext::cli
