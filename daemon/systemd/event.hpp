#pragma once

#include "base/task.hpp"
#include "base/timer.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace dockerext::systemd {

/// Something that one listener waits for: `tell` wakes him, also when he comes later.
class Event {
public:
    explicit Event(const asio::any_io_executor& executor) : timer_(executor) {}

    void tell();
    /// Whether it was told since the last time; false when cancelled.
    Task<bool> told();

private:
    Timer timer_;
    bool told_ = false;
};

}  // namespace dockerext::systemd
