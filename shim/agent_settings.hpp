#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::shim {

/// The agent's CONFIG/SEQUENCE.settings, unchanged (handler-contract §5).
struct AgentSettings {
    std::int64_t sequence = 0;
    std::string text;  ///< empty when there are no settings
};

/// The number of the settings file to use: `ConfigSequenceNumber` if given, whatever other files exist; else
/// the number of the file that was written last; else 0.
std::int64_t sequence_of(const std::filesystem::path& config_folder,
                         const std::optional<std::string>& config_sequence_number);

/// Reads the settings file. The agent does not write it atomically, so an absent, empty or truncated file is
/// read again for up to `max_wait`. A file that stays truncated is returned as it is, so that its parser can
/// report where it ends; one that stays absent or empty is an error. With `can_be_absent`, an absent or empty
/// file means no settings, without waiting.
Result<AgentSettings> read_settings(const std::filesystem::path& config_folder, std::int64_t sequence,
                                    std::chrono::milliseconds max_wait, bool can_be_absent);

/// "SEQUENCE HASH": identifies a settings file by number and content, whatever its time stamps.
std::string fingerprint(const AgentSettings& settings);

}  // namespace dockerext::shim
