#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string_view>

namespace dockerext::packages {

/// Writes a file that all users may read, whatever the umask. Creates its folder, which all users may enter,
/// if it is missing.
Result<> write_public_file(const std::filesystem::path& path, std::string_view text);

}  // namespace dockerext::packages
