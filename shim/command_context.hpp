#pragma once

#include "base/clock.hpp"
#include "shim/handler.hpp"
#include "shim/layout.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace dockerext::shim {

/// The environment in which the agent runs a command of the manifest (handler-contract §6).
struct CommandContext {
    Layout layout;
    Handler handler;
    std::optional<std::string> sequence;     ///< ConfigSequenceNumber
    std::optional<std::string> updating_to;  ///< VERSION, only set for `update`
    WallTime now;
    std::chrono::milliseconds lock_timeout{5000};     ///< wait for another running command
    std::chrono::milliseconds journal_timeout{3000};  ///< wait for the daemon's last lines
    /// Wait for the daemon to stop. The agent gives `disable` 15 minutes (handler-contract §7), but reports
    /// no status of the whole machine during that time.
    std::chrono::milliseconds stop_timeout{std::chrono::minutes(4)};
};

}  // namespace dockerext::shim
