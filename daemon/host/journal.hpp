#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace dockerext::host {

/// The last lines that the unit itself has written to the journal since then, as `words_of_failure` chooses
/// them; "" when there are none, or no journal to read.
std::string last_words(const std::string& unit, std::chrono::system_clock::time_point since);

/// Of log lines, oldest first, those that tell why a daemon failed: errors and what is in no log format, if
/// there are any. Without times, each line once; at most 10 lines and 2 KiB of plain text.
std::string words_of_failure(const std::vector<std::string>& lines);

}  // namespace dockerext::host
