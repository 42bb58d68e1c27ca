#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <filesystem>

namespace dockerext::state {

/// Held for the process's life, so that a folder has one daemon. `conflict` names the pid of the one that
/// holds it.
Result<UniqueFd> lock_folder(const std::filesystem::path& folder);

}  // namespace dockerext::state
