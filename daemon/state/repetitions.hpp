#pragma once

#include "state/journal.hpp"

#include <span>

namespace dockerext::state {

/// Entries that differ in nothing that is shown but the time.
struct Repetition {
    const JournalEntry* last = nullptr;
    std::size_t count = 1;
    model::WallTime since;  ///< when the first of them began
};

/// The entries in their order. Of those that repeat more than three times only the last one is left. The
/// result refers to `entries`.
std::vector<Repetition> repetitions_in(std::span<const JournalEntry> entries);

}  // namespace dockerext::state
