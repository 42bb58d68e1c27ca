#pragma once

#include "base/error.hpp"

#include <sys/types.h>

#include <filesystem>

namespace dockerext::doctor {

/// The process that listens on a unix socket. With a socket of systemd's, that is process 1. Does not block.
Result<pid_t> listener_of(const std::filesystem::path& socket);

}  // namespace dockerext::doctor
