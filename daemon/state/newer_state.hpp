#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace dockerext::state {

/// An automatic upgrade may be taken back (handler-contract §8): then an older version meets what it cannot
/// understand. Which file of the state folder a newer version has written, for people; none when this one
/// understands all of it.
std::optional<std::string> newer_state(const std::filesystem::path& folder);

}  // namespace dockerext::state
