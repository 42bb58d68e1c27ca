#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "shim/places.hpp"
#include "shim/status_file.hpp"

#include <chrono>

namespace dockerext::shim {

/// Remembers the status file of the newest settings, for when the daemon cannot tell anything.
Result<> note_status(const Places& places, const StatusFile& status);

/// For dockerextd-failed.service, which systemd starts whenever the daemon has ended badly: from systemd 254
/// on before each new attempt, too. Once there is none, the noted status file tells why, with the daemon's
/// last words, which the journal may take `patience` to have.
Result<> tell_failure(const Places& places, WallTime now, std::chrono::milliseconds patience);

}  // namespace dockerext::shim
