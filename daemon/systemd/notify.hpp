#pragma once

#include "base/task.hpp"

#include <functional>
#include <string_view>

namespace dockerext::systemd {

// sd_notify(3); without systemd (NOTIFY_SOCKET unset) all of these do nothing.
void notify_ready();
void notify_reloading();  ///< with the monotonic time that Type=notify-reload requires
void notify_stopping();
void notify_extend_timeout(Duration duration);  ///< from now on; a longer TimeoutStopSec= still applies
void notify_status(std::string_view line);      ///< shown by `systemctl status`

/// From now on, notifies systemd before each wait for the disk, which may block the only thread: keeps the
/// watchdog from firing, and extends the time for a start or stop. One wait may take a minute.
void notify_before_each_sync();

/// Feeds systemd's watchdog four times per interval while the daemon makes progress. `is_overdue` is called
/// with half the interval and returns whether a part of the daemon is late by more than that. This runs on
/// the daemon's only thread, so a blocked thread also stops feeding and systemd restarts the daemon. Returns
/// when cancelled, or at once if systemd did not ask for a watchdog.
Task<void> feed_watchdog(std::function<bool(Duration)> is_overdue);

}  // namespace dockerext::systemd
