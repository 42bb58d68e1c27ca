#pragma once

#include "base/task.hpp"
#include "base/timer.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace dockerext::systemd {

/// An event for one listener. `tell` wakes the listener; if it does not wait, its next `told` returns at
/// once.
class Event {
public:
    explicit Event(const asio::any_io_executor& executor) : timer_(executor) {}

    void tell();
    /// Waits until `tell` has been called since the last `told`; false when cancelled.
    Task<bool> told();

private:
    Timer timer_;
    bool told_ = false;
};

}  // namespace dockerext::systemd
