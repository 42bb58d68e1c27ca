#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::shim {

/// The agent's CONFIG/SEQUENCE.settings, as it is (handler-contract §5).
struct AgentSettings {
    std::int64_t sequence = 0;
    std::string text;  ///< empty when there are no settings
};

/// Which settings file counts: the one that `ConfigSequenceNumber` says, however many others lie there; else
/// the one that was written last; else 0.
std::int64_t sequence_of(const std::filesystem::path& config_folder,
                         const std::optional<std::string>& config_sequence_number);

/// The agent does not write the file in one go: one that is empty, absent or cut off is looked at again for
/// as long as `patience`. Then a cut-off one is given as it is, to be refused with its place, and one without
/// anything is an error. With `may_be_none`, one without anything stands for no settings, at once.
Result<AgentSettings> read_settings(const std::filesystem::path& config_folder, std::int64_t sequence,
                                    std::chrono::milliseconds patience, bool may_be_none);

/// "SEQUENCE HASH": the same text for the same settings file only, whatever its time.
std::string fingerprint(const AgentSettings& settings);

}  // namespace dockerext::shim
