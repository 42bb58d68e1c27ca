#pragma once

#include "cli/answers.hpp"
#include "cli/terminal_text.hpp"

#include <string>

namespace dockerext::cli {

/// All that is known of one service: its state and why, containers, what differs, what comes next, what was
/// done.
std::string explain_text(const Explanation& explanation, model::WallTime now, const TerminalStyle& style);

}  // namespace dockerext::cli
