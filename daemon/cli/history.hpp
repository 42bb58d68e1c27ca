#pragma once

#include "cli/terminal_text.hpp"
#include "state/journal.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

/// The steps, one per row, newest last, in local time, with a heading for each day:
/// "12:03:11  start demo-web-1  not running (state: exited → running)  301 ms  done"
std::string history_text(const std::vector<state::JournalEntry>& steps, const TerminalStyle& style);

}  // namespace dockerext::cli
