#pragma once

#include "reconcile/failure_ledger.hpp"
#include "state/memory.hpp"

#include <optional>

namespace dockerext::reconcile {

/// The memory and its file: written whole, when something of it has changed. The ledger's part of it is taken
/// from there at each write, so that what belongs together is written together.
class MemoryFile {
public:
    /// Reads the file, and gives the ledger what an earlier process knew.
    MemoryFile(state::MemoryStore store, FailureLedger& ledger);

    state::Memory& content() noexcept { return content_; }
    const state::Memory& content() const noexcept { return content_; }
    /// When an earlier process last looked.
    std::optional<model::WallTime> looked_until() const noexcept { return saved_.looked_until; }

    /// A snapshot was begun then; alone no reason to write.
    void looked(model::WallTime begun) { looked_at_ = begun; }
    /// Before this returns. A disk that does not take it is told of in the log.
    void save();
    /// The same, but once a second at most: for work under way.
    void save_soon();

private:
    state::MemoryStore store_;
    FailureLedger& ledger_;
    state::Memory content_;
    state::Memory saved_;  ///< as it is on disk
    std::optional<model::WallTime> looked_at_;
    SteadyTime saved_at_;
};

}  // namespace dockerext::reconcile
