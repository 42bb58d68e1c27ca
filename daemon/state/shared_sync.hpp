#pragma once

#include "base/condition.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>

namespace dockerext::state {

/// Syncs on behalf of several tasks: those that ask while a sync is under way share the next one. Syncs run
/// off the event loop. Must not be moved while a task waits.
class SharedSync {
public:
    /// Waits until everything written to `file` before this call is on disk. `file` outlives the call, and
    /// may be replaced meanwhile by one that has it all on disk. Fails with `timeout` if the disk hangs, or
    /// `cancelled`.
    Task<Result<>> sync(const UniqueFd& file);

private:
    Task<Result<>> sync_for_all(const UniqueFd& file);

    std::uint64_t requested_ = 0;  ///< calls so far
    std::uint64_t synced_ = 0;     ///< the calls that the last sync covered
    bool under_way_ = false;
    Condition ended_;  ///< of the sync under way
};

}  // namespace dockerext::state
