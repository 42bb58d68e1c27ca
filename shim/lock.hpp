#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <chrono>
#include <filesystem>

namespace dockerext::shim {

/// One command at a time: the agent can run two enables at once (handler-contract §7). Held until the
/// descriptor closes; `timeout` when another has it for longer than `patience`.
Result<UniqueFd> wait_for_lock(const std::filesystem::path& path, std::chrono::milliseconds patience);

}  // namespace dockerext::shim
