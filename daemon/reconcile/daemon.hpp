#pragma once

#include "base/task.hpp"

#include <filesystem>
#include <string>

namespace dockerext::reconcile {

/// The daemon: everything wired together, until SIGTERM or SIGINT. `root` prefixes every path of its own.
/// Fails at once where it cannot begin: another daemon on the folder, folders not to be made, a docker host
/// that is no unix socket.
Result<> run_daemon(const std::filesystem::path& root, const std::string& docker_host);

/// The same as a task, for an event loop that is there already (tests/sim).
Task<Result<>> daemon(std::filesystem::path root, std::string docker_host);

}  // namespace dockerext::reconcile
