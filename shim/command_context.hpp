#pragma once

#include "base/clock.hpp"
#include "shim/handler.hpp"
#include "shim/places.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace dockerext::shim {

/// What a command of the manifest finds when the agent runs it (handler-contract §6).
struct CommandContext {
    Places places;
    Handler handler;
    std::optional<std::string> sequence;     ///< ConfigSequenceNumber
    std::optional<std::string> updating_to;  ///< VERSION, of `update` alone
    WallTime now;
    std::chrono::milliseconds lock_patience{5000};  ///< with another command that runs
    std::chrono::milliseconds journal_patience{
        3000};  ///< with a journal that does not have the last words yet
    /// With a daemon that stops. The agent gives a disable 15 minutes (handler-contract §7), and tells
    /// nothing of the whole machine meanwhile.
    std::chrono::milliseconds stop_patience{std::chrono::minutes(4)};
};

}  // namespace dockerext::shim
