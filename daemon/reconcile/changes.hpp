#pragma once

#include "base/condition.hpp"

#include <cstdint>
#include <optional>

namespace dockerext::reconcile {

/// Numbers the changes of the status, so that any number of waiters can wait for the next one. A waiter does
/// not miss a change that was raised while nobody waited: its number is higher than the number last seen.
class Changes {
public:
    /// The number of the last change; 0 before the first.
    std::uint64_t number() const noexcept { return number_; }
    void raise();
    /// Raises a change for progress that is reported many times a second, at most once a second. If one
    /// report is skipped, the next report or the end of the work raises a change.
    void raise_for_progress(SteadyTime now);
    /// Waits for a change after `number`. False if `longest` has passed without one, or if the waiter was
    /// cancelled.
    Task<bool> wait_beyond(std::uint64_t number, Duration longest);

private:
    std::uint64_t number_ = 0;
    std::optional<SteadyTime> progressed_;  ///< when progress was last raised
    Condition raised_;
};

}  // namespace dockerext::reconcile
