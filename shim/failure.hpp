#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "shim/places.hpp"
#include "shim/status_file.hpp"

#include <chrono>

namespace dockerext::shim {

/// Stores the path of the newest settings' status file, for `tell_failure`.
Result<> note_status(const Places& places, const StatusFile& status);

/// For dockerextd-failed.service, which systemd starts when the daemon has failed; from systemd 254 on also
/// before each automatic restart. If systemd makes no further restart, writes the reason and the daemon's
/// last lines to the stored status file. Waits up to `patience` for the journal to contain these lines.
Result<> tell_failure(const Places& places, WallTime now, std::chrono::milliseconds patience);

}  // namespace dockerext::shim
