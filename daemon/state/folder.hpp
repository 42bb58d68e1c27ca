#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <sys/types.h>

#include <filesystem>

namespace dockerext::state {

/// Opens a folder of ours, made if absent (its parents too), and gives it `mode`. A link, or a folder of
/// another user than root and ourselves, is refused.
Result<UniqueFd> open_folder(const std::filesystem::path& path, mode_t mode);

/// What was created, renamed and removed in it is on disk on return.
Result<> sync_folder(const std::filesystem::path& path);

}  // namespace dockerext::state
