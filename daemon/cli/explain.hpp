#pragma once

#include "cli/answers.hpp"
#include "cli/terminal_text.hpp"

#include <string>

namespace dockerext::cli {

/// All about one service: its state and the reason, containers, drift, next steps and history.
std::string explain_text(const Explanation& explanation, model::WallTime now, const TerminalStyle& style);

}  // namespace dockerext::cli
