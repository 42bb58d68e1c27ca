#include "cli/table.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dockerext::cli {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t min_last_width = 24;  ///< least width of the last column
constexpr std::size_t min_width = 8;

using Rows = std::vector<std::vector<Cell>>;
using Widths = std::vector<std::size_t>;

Widths natural_widths(const Rows& rows) {
    Widths widths(rows.front().size(), 0);
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            for (const std::string& line : wrap(row[i].text, std::string::npos)) {
                widths[i] = std::max(widths[i], width_of(line));
            }
        }
    }
    return widths;
}

/// Reduces `width` by `too_much`, but not below `floor`; reduces `too_much` by the same amount.
void narrow(std::size_t& width, std::size_t& too_much, std::size_t floor) {
    const std::size_t cut = width > floor ? std::min(too_much, width - floor) : 0;
    width -= cut;
    too_much -= cut;
}

Widths fitting_widths(Widths widths, std::size_t columns) {
    const std::size_t total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
    std::size_t too_much = total > columns ? total - columns : 0;
    narrow(widths.back(), too_much, min_last_width);
    while (too_much > 0) {
        const auto widest = std::max_element(widths.begin(), widths.end() - 1);
        if (widest == widths.end() - 1 || *widest <= min_width) break;
        std::size_t one = 1;
        narrow(*widest, one, min_width);
        --too_much;
    }
    return widths;
}

/// A row as lines without trailing spaces.
std::string text_of(const std::vector<Cell>& row, const Widths& widths, std::size_t indent,
                    const TerminalStyle& style) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        cells.push_back(wrap(row[i].text, widths[i], style.whole_words));
        height = std::max(height, cells.back().size());
    }
    std::string out;
    for (std::size_t line = 0; line < height; ++line) {
        std::size_t pending = indent;  // spaces to write before the next text
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string text = line < cells[i].size() ? cells[i][line] : "";
            if (!text.empty())
                out += std::string(std::exchange(pending, 0), ' ') + coloured(text, row[i].colour, style);
            pending += widths[i] - std::min(widths[i], width_of(text)) + gap;
        }
        out += '\n';
    }
    return out;
}

}  // namespace

std::string Table::text(const TerminalStyle& style) const {
    if (rows_.empty()) return "";
    const Widths widths =
        fitting_widths(natural_widths(rows_), style.columns - std::min(indent_, style.columns));
    std::string out;
    for (const auto& row : rows_) out += text_of(row, widths, indent_, style);
    return out;
}

}  // namespace dockerext::cli
