#pragma once

#include "cli/terminal_text.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

struct Cell {
    std::string text;  ///< printable; '\n' begins a new line within the cell
    Colour colour = Colour::none;
};

/// Rows of cells, aligned in columns. If a table is too wide for the screen, text is wrapped within its
/// cell: in the last column first, then in the widest of the others.
class Table {
public:
    explicit Table(std::size_t indent = 0) : indent_(indent) {}

    /// All rows have the same number of cells.
    void row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const noexcept { return rows_.empty(); }

    /// Ends with a line end unless the table is empty.
    std::string text(const TerminalStyle& style) const;

private:
    std::size_t indent_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace dockerext::cli
