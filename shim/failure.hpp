#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "shim/layout.hpp"
#include "shim/status_file.hpp"

#include <chrono>

namespace dockerext::shim {

/// Stores the path of the newest settings' status file, for `report_failure`.
Result<> store_status_path(const Layout& layout, const StatusFile& status);

/// For dockerextd-failed.service, which systemd starts when the daemon has failed; from systemd 254 on also
/// before each automatic restart. If systemd makes no further restart, writes the reason and the daemon's
/// last lines to the stored status file. Waits up to `max_wait` for the journal to contain these lines.
Result<> report_failure(const Layout& layout, WallTime now, std::chrono::milliseconds max_wait);

}  // namespace dockerext::shim
