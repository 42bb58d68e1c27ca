#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <sys/types.h>

#include <filesystem>

namespace dockerext::state {

/// Opens a folder of this program, creates it and its parents if absent, and sets its `mode`. Refuses a link,
/// and a folder that neither root nor our own user owns.
Result<UniqueFd> open_folder(const std::filesystem::path& path, mode_t mode);

/// Syncs the folder: what was created, renamed and removed in it is on disk on return.
Result<> sync_folder(const std::filesystem::path& path);

}  // namespace dockerext::state
