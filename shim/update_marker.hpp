#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "shim/layout.hpp"

#include <chrono>
#include <string_view>

namespace dockerext::shim {

/// In each update, the agent runs `uninstall` of the old version and does not say that it is an update
/// (handler-contract §12.4). So `update` leaves a marker, and an `uninstall` that finds it removes nothing.
Result<> mark_update(const Layout& layout, std::string_view version, WallTime now);

/// Whether a marker exists. It expires after half an hour, in case the update never ends.
bool is_updating(const Layout& layout, WallTime now);

Result<> clear_update_marker(const Layout& layout);

}  // namespace dockerext::shim
