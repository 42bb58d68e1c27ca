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
    std::string version;  ///< "" if the folder is named otherwise
};

struct HandlerEnvironment {
    std::filesystem::path config_folder;
    std::filesystem::path status_folder;
};

/// HandlerEnvironment.json. The agent does not write it in one piece: what is torn is read again, for as long
/// as `patience`.
Result<HandlerEnvironment> read_environment(const Handler& handler, std::chrono::milliseconds patience);

/// The same by the agent's fixed layout, for when the file cannot be had.
HandlerEnvironment usual_environment(const Handler& handler);

}  // namespace dockerext::shim
