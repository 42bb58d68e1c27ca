#pragma once

#include "base/error.hpp"
#include "model/settings.hpp"

#include <filesystem>

namespace dockerext::state {

/// Puts new settings into the spool: writes them to tmp/, syncs, and renames them into new/. Creates the
/// folder if absent. For the sources of settings (CLI, shim); the daemon need not be running. `invalid_input`
/// for settings that the daemon would reject.
Result<> spool_settings(const std::filesystem::path& spool, const model::Envelope& envelope);

}  // namespace dockerext::state
