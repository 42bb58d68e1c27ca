#pragma once

#include "base/task.hpp"

#include <filesystem>
#include <string>

namespace dockerext::reconcile {

/// Connects all parts of the daemon and runs it until SIGTERM or SIGINT. `root` prefixes every path of the
/// daemon. Fails at once if it cannot start: another daemon uses the folder, a folder cannot be created, or
/// the docker host is not a unix socket.
Result<> run_daemon(const std::filesystem::path& root, const std::string& docker_host);

/// The same as a task, for an event loop that already exists (tests/sim).
Task<Result<>> daemon(std::filesystem::path root, std::string docker_host);

}  // namespace dockerext::reconcile
