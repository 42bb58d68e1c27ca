#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace dockerext::state {

/// Names, for people, a file of the state folder that a newer version has written; nullopt if this version
/// can read all of them. An automatic upgrade may be rolled back (handler-contract §8); an older version then
/// finds state that it does not understand.
std::optional<std::string> newer_state(const std::filesystem::path& folder);

}  // namespace dockerext::state
