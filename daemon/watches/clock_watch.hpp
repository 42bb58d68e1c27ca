#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

namespace dockerext::watches {

/// Tells when somebody sets the wall clock (timerfd_create(2): TFD_TIMER_CANCEL_ON_SET), or the machine wakes
/// from being suspended.
class ClockWatch {
public:
    static Result<ClockWatch> open(const asio::any_io_executor& executor);

    /// Until the clock was set; false when cancelled, or when it cannot be watched any more.
    Task<bool> set();

private:
    explicit ClockWatch(asio::posix::stream_descriptor descriptor) : descriptor_(std::move(descriptor)) {}

    asio::posix::stream_descriptor descriptor_;
};

}  // namespace dockerext::watches
