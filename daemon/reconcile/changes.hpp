#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <list>
#include <optional>

namespace dockerext {
class Timer;
}

namespace dockerext::reconcile {

/// Counts the changes of what the status tells, so that any number of others can wait for the next one. A
/// change that is raised while nobody waits is not missed: its number is higher than the one last seen.
class Changes {
public:
    explicit Changes(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Of the last change; 0 before the first.
    std::uint64_t number() const noexcept { return number_; }
    void raise();
    /// Raises for progress of something that tells of it many times a second, at most once a second. Where
    /// one is left out, the next progress, or the end of what makes it, is raised.
    void raise_for_progress(SteadyTime now);
    /// Until there is a change beyond `number`; false when `longest` has passed without one, or the waiter
    /// was cancelled.
    Task<bool> wait_beyond(std::uint64_t number, Duration longest);

private:
    asio::any_io_executor executor_;
    std::uint64_t number_ = 0;
    std::optional<SteadyTime> progressed_;  ///< when progress was last raised
    std::list<Timer*> waiters_;
};

}  // namespace dockerext::reconcile
