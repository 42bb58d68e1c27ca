#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <filesystem>

namespace dockerext::state {

/// Locks the folder for the life of the process, so that it has only one daemon. `conflict` names the pid of
/// the holder.
Result<UniqueFd> lock_folder(const std::filesystem::path& folder);

}  // namespace dockerext::state
