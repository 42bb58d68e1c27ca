#pragma once

#include "base/error.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace dockerext::shim {

/// The handler's own folder, /var/lib/waagent/NAME-VERSION (handler-contract §2).
struct Handler {
    explicit Handler(std::filesystem::path own_folder);

    std::filesystem::path folder;
    std::string version;  ///< "" if the folder has another form of name
};

struct HandlerEnvironment {
    std::filesystem::path config_folder;
    std::filesystem::path status_folder;
};

/// Reads HandlerEnvironment.json. The agent does not write it atomically, so a truncated file is read again
/// for up to `max_wait`.
Result<HandlerEnvironment> read_environment(const Handler& handler, std::chrono::milliseconds max_wait);

/// The agent's usual layout, for when the file cannot be read.
HandlerEnvironment default_environment(const Handler& handler);

}  // namespace dockerext::shim
