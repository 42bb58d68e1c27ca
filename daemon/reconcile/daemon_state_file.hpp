#pragma once

#include "reconcile/failure_ledger.hpp"
#include "state/daemon_state.hpp"

#include <optional>

namespace dockerext::reconcile {

/// The memory and its file. The file is written as a whole when something has changed. Each write includes
/// the ledger's current state, so that related facts are written together.
class DaemonStateFile {
public:
    /// Reads the file, and restores the ledger from it.
    DaemonStateFile(state::DaemonStateStore store, FailureLedger& ledger);

    state::DaemonState& content() noexcept { return content_; }
    const state::DaemonState& content() const noexcept { return content_; }
    /// When an earlier process took its last snapshot.
    std::optional<model::WallTime> last_look_at() const noexcept { return saved_.last_look_at; }

    /// A snapshot started at `begun`. This alone does not cause a write.
    void snapshot_begun(model::WallTime begun) { last_look_ = begun; }
    /// Writes before it returns. Logs an error if the disk refuses the write.
    void save();
    /// The same, but at most once a second: for work under way.
    void save_soon();
    /// Why the last write failed; none if it succeeded. The next `save` tries again.
    const std::optional<Error>& failure() const noexcept { return failure_; }

private:
    state::DaemonStateStore store_;
    FailureLedger& ledger_;
    state::DaemonState content_;
    state::DaemonState saved_;  ///< the content of the file
    std::optional<model::WallTime> last_look_;
    SteadyTime saved_at_;
    std::optional<Error> failure_;
};

}  // namespace dockerext::reconcile
