#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string_view>

namespace dockerext::packages {

/// Writes a file that all may read, into a folder that all may enter and that is made where it is missing,
/// whatever our umask.
Result<> write_public_file(const std::filesystem::path& path, std::string_view text);

}  // namespace dockerext::packages
