#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <chrono>
#include <filesystem>

namespace dockerext::shim {

/// Takes the lock that lets only one command run at a time: the agent can run two enables at once
/// (handler-contract §7). It is held until the descriptor closes. `timeout` if another command holds it for
/// longer than `max_wait`.
Result<UniqueFd> wait_for_lock(const std::filesystem::path& path, std::chrono::milliseconds max_wait);

}  // namespace dockerext::shim
