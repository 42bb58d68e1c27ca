#pragma once

#include "base/error.hpp"
#include "shim/layout.hpp"

#include <filesystem>

namespace dockerext::shim {

/// Copies the daemon and its units from the handler's folder, which an update removes, to their permanent
/// places (handler-contract §12.5). Leaves identical files alone. Returns whether any file was written.
Result<bool> install_daemon_files(const Layout& layout, const std::filesystem::path& handler_folder);

/// Removes the program, its units, and the daemon's state: settings, journal, spool. Keeps the engine's files
/// and the data of services: the project's folder stays unless it is empty. Removes as much as possible and
/// returns the first error.
Result<> remove_daemon_files(const Layout& layout);

}  // namespace dockerext::shim
