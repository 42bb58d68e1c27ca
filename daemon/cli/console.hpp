#pragma once

#include "cli/terminal_text.hpp"

#include <iosfwd>

namespace dockerext::cli {

/// The input and output streams of a command.
struct Console {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    TerminalStyle style;   ///< of `out`
    bool is_live = false;  ///< whether `out` is a terminal on which lines can be drawn again
    /// Takes over the terminal's present size; nullptr if `out` is none.
    void (*measure)(TerminalStyle& style) = nullptr;
};

/// The process's standard streams. Colours only on a terminal and without NO_COLOR; 80 columns if standard
/// output is not a terminal.
Console standard_console();

}  // namespace dockerext::cli
