#pragma once

#include "cli/answers.hpp"
#include "cli/terminal_text.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

/// What was done, a row each, newest last, in local time; a heading where a day begins.
/// "12:03:11  start demo-web-1  stopped by somebody (state: exited → running)  301 ms  done"
std::string history_text(const std::vector<PastStep>& steps, const TerminalStyle& style);

}  // namespace dockerext::cli
