#pragma once

#include "cli/terminal_text.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

struct Cell {
    std::string text;  ///< printable; '\n' begins a new line within the cell
    Colour colour = Colour::none;
};

/// Rows of cells lined up in columns. What is too wide for the screen is wrapped within its cell: the
/// last column first, then the widest others.
class Table {
public:
    explicit Table(std::size_t indent = 0) : indent_(indent) {}

    /// All rows have the same number of cells.
    void row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const noexcept { return rows_.empty(); }

    /// Ends with a line end unless empty.
    std::string text(const TerminalStyle& style) const;

private:
    std::size_t indent_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace dockerext::cli
