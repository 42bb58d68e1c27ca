#pragma once

#include "state/journal.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

namespace dockerext::state {

bool matches(const HistoryQuery& query, const JournalEntry& entry);

/// Collects the newest entries that match a query, from the lines of journal files in the order of writing.
class JournalReplay {
public:
    explicit JournalReplay(HistoryQuery query) : query_(std::move(query)) {}

    /// The text of a file. Torn or broken lines are skipped.
    void add(std::string_view text);
    /// In place of the entry with this id, if there is one.
    void add(JournalEntry entry);

    const std::map<std::uint64_t, JournalEntry>& entries() const noexcept { return entries_; }
    std::uint64_t next_id() const noexcept { return next_id_; }
    /// The newest of them, newest last. Call this last.
    HistoryPage take();

private:
    void add_line(std::string_view line);

    HistoryQuery query_;
    std::map<std::uint64_t, JournalEntry> entries_;
    std::uint64_t next_id_ = 1;
    std::size_t under_way_ = 0;  ///< of a query for failures: entries that may not match when they have ended
    bool more_ = false;
};

/// Drops the oldest entries beyond `kept`, except those under way. Returns whether it dropped any.
bool drop_oldest(std::map<std::uint64_t, JournalEntry>& entries, std::size_t kept);

}  // namespace dockerext::state
