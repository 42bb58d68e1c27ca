#pragma once

#include "state/journal.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace dockerext::state {

/// How the entry `id` ended.
struct JournalEnding {
    std::uint64_t id = 0;
    JournalEntry::Status status = JournalEntry::Status::done;
    std::string error;
    std::chrono::milliseconds took{0};
};

/// One line of the journal file, its newline included.
std::string to_line(const JournalEntry& entry);
std::string to_line(const JournalEnding& ending);

/// Parses a line (without its newline); `invalid_input` if it is not complete.
Result<std::variant<JournalEntry, JournalEnding>> from_line(std::string_view line);

}  // namespace dockerext::state
