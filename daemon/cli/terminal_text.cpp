#include "cli/terminal_text.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>

namespace dockerext::cli {
namespace {

constexpr char32_t replacement = 0xFFFD;

struct Range {
    char32_t first, last;
};

template <std::size_t Size>
bool is_in(const std::array<Range, Size>& ranges, char32_t point) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range& range) { return range.first <= point && point <= range.last; });
}

constexpr std::array<Range, 8> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 3> combining{{{0x0300, 0x036F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

std::size_t columns_of(char32_t point) {
    if (point < combining.front().first) return 1;  // nearly all text
    return is_in(combining, point) ? 0 : is_in(wide, point) ? 2 : 1;
}

std::string cleaned(std::string_view text, std::string_view kept) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const char32_t point = next_code_point(text).value_or(replacement);
        const bool layout = point == '\n' || point == '\t';
        if (layout)
            out += kept.find(static_cast<char>(point)) != std::string_view::npos ? static_cast<char>(point)
                                                                                 : ' ';
        else append_utf8(out, is_printable(point) ? point : replacement);
    }
    return out;
}

/// The longest prefix of `text` that fits into `columns`, at least one character.
std::string_view head_of(std::string_view text, std::size_t columns) {
    std::string_view rest = text;
    std::size_t used = 0, end = 0;
    while (!rest.empty()) {
        used += columns_of(next_code_point(rest).value_or(replacement));
        if (used > columns && end > 0) break;
        end = text.size() - rest.size();
    }
    return text.substr(0, end);
}

/// Where to break `text`, which is too long for a line: after the last word that fits, else within the word,
/// or with `whole_words` after it.
std::size_t break_of(std::string_view text, std::size_t columns, bool whole_words) {
    const std::size_t fitting = head_of(text, columns).size();
    if (text[fitting] == ' ') return fitting;
    const std::size_t space = text.substr(0, fitting).rfind(' ');
    if (space != std::string_view::npos && space != 0) return space;
    return whole_words ? std::min(text.find(' ', fitting), text.size()) : fitting;
}

void wrap_line(std::string_view text, std::size_t columns, bool whole_words,
               std::vector<std::string>& lines) {
    while (width_of(text) > columns && text.size() > head_of(text, columns).size()) {
        const std::size_t end = break_of(text, columns, whole_words);
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) return;
    }
    lines.emplace_back(text);
}

std::string_view escape_of(Colour colour) {
    switch (colour) {
    case Colour::none: return "";
    case Colour::good: return "\033[32m";
    case Colour::busy: return "\033[33m";
    case Colour::bad: return "\033[31m";
    }
    return "";
}

}  // namespace

std::string printable(std::string_view text) { return cleaned(text, ""); }

std::string printable_lines(std::string_view text) { return cleaned(text, "\n\t"); }

std::string coloured(std::string text, Colour colour, const TerminalStyle& style) {
    if (!style.colours || colour == Colour::none || text.empty()) return text;
    return std::string(escape_of(colour)) + text + "\033[0m";
}

std::string numbered_colour(std::string text, std::size_t number, const TerminalStyle& style) {
    constexpr std::array escapes{"\033[36m", "\033[35m", "\033[34m", "\033[96m", "\033[95m", "\033[94m"};
    return style.colours ? escapes.at(number % escapes.size()) + text + "\033[0m" : text;
}

std::string emphasized(std::string line, const TerminalStyle& style) {
    if (!style.colours) return line;
    constexpr std::string_view end = "\033[0m", bold = "\033[1m";
    for (std::size_t at = line.find(end); at != std::string::npos;
         at = line.find(end, at + end.size() + bold.size()))
        line.insert(at + end.size(), bold);
    return std::string(bold) + line + std::string(end);
}

std::string cut_to(std::string_view text, std::size_t columns) {
    if (width_of(text) <= columns) return std::string(text);
    return columns < 2 ? "…" : std::string(head_of(text, columns - 1)) + "…";
}

std::string padded(std::string text, std::size_t columns) {
    text.append(columns - std::min(columns, width_of(text)), ' ');
    return text;
}

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) width += columns_of(next_code_point(text).value_or(replacement));
    return width;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns, bool whole_words) {
    std::vector<std::string> lines;
    for (;;) {
        const std::size_t end = text.find('\n');
        wrap_line(text.substr(0, end), columns, whole_words, lines);
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + 1);
    }
}

}  // namespace dockerext::cli
