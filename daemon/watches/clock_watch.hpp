#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

namespace dockerext::watches {

/// Detects that the wall clock is set (timerfd_create(2): TFD_TIMER_CANCEL_ON_SET), or that the machine
/// resumes from suspend.
class ClockWatch {
public:
    static Result<ClockWatch> open(const asio::any_io_executor& executor);

    /// Waits until the clock is set; false when cancelled, or when the clock can no longer be watched.
    Task<bool> changed();

private:
    explicit ClockWatch(asio::posix::stream_descriptor descriptor) : descriptor_(std::move(descriptor)) {}

    asio::posix::stream_descriptor descriptor_;
};

}  // namespace dockerext::watches
