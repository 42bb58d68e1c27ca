#pragma once

#include "base/error.hpp"
#include "shim/places.hpp"

#include <filesystem>

namespace dockerext::shim {

/// Copies the daemon and its unit out of the handler's folder, which is gone after an update, to where they
/// stay (handler-contract §12.5). What is there already, byte for byte, is left alone;
/// whether anything was not.
Result<bool> put_daemon_files(const Places& places, const std::filesystem::path& handler_folder);

/// The program, the unit, and all that the daemon keeps: settings, journal, spool. Nothing of the engine's,
/// and no data of services: a project's folder that has something in it stays. Removes what it can; an error
/// is the first that it met.
Result<> remove_daemon_files(const Places& places);

}  // namespace dockerext::shim
