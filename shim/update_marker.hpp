#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "shim/places.hpp"

#include <chrono>
#include <string_view>

namespace dockerext::shim {

/// The agent uninstalls the old version in the middle of each update and does not say so (handler-contract
/// §12.4). The update leaves a marker, and an uninstallation that finds it keeps everything.
Result<> mark_update(const Places& places, std::string_view version, WallTime now);

/// A marker of an update that never came to its end counts for half an hour.
bool updating(const Places& places, WallTime now);

Result<> clear_update_marker(const Places& places);

}  // namespace dockerext::shim
