#pragma once

#include "cli/terminal_text.hpp"

#include <iosfwd>

namespace dockerext::cli {

/// Where a command reads from and speaks to.
struct Console {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    TerminalStyle style;    ///< of `out`
    bool terminal = false;  ///< `out` is one
};

/// The process's own: colours on a terminal only, and not with NO_COLOR; 80 columns elsewhere.
Console standard_console();

}  // namespace dockerext::cli
