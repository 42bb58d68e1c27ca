#pragma once

#include "base/task.hpp"

#include <functional>
#include <string_view>

namespace dockerext::systemd {

// sd_notify(3); without systemd (NOTIFY_SOCKET unset) all of these do nothing.
void notify_ready();
void notify_reloading();  ///< with the monotonic time that Type=notify-reload wants
void notify_stopping();
void notify_stop_takes(Duration duration);  ///< from now on; TimeoutStopSec= holds where that is longer
void notify_status(std::string_view line);  ///< shown by `systemctl status`

/// From now on systemd is told before each wait for the disk, which may hold up the only thread: that this is
/// no hang, and that a start or a stop takes longer. One wait has a minute.
void notify_before_waiting_for_the_disk();

/// Pets the watchdog four times an interval, if systemd asked for one, for as long as the daemon gets on:
/// `is_overdue` tells whether something of it is late by more than half the interval. It runs on the daemon's
/// only thread, so that a stuck thread goes unpetted, too, and the daemon is restarted. Returns when
/// cancelled, or at once without a watchdog.
Task<void> feed_watchdog(std::function<bool(Duration)> is_overdue);

}  // namespace dockerext::systemd
