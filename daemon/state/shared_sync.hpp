#pragma once

#include "base/task.hpp"
#include "base/timer.hpp"

#include <cstdint>
#include <list>

namespace dockerext::state {

/// Waits for the disk on behalf of several tasks: those that ask while a sync is under way share the next
/// one. The sync is made off the event loop. Not to be moved while somebody waits.
class SharedSync {
public:
    /// Until what was written to `fd` before this call is on disk; `fd` may be closed meanwhile. `timeout`
    /// for a disk that hangs, `cancelled`.
    Task<Result<>> sync(int fd);

private:
    Task<Result<>> lead(int fd);

    std::uint64_t asked_ = 0;   ///< calls so far
    std::uint64_t synced_ = 0;  ///< of these, what the last sync was for
    bool under_way_ = false;
    std::list<Timer> waiting_;
};

}  // namespace dockerext::state
