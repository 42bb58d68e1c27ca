#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace dockerext::shim {

/// The whole of a regular file; `not_found` when absent, `invalid_input` when it has more than `limit` bytes.
Result<std::string> file_text(const std::filesystem::path& path, std::size_t limit);

}  // namespace dockerext::shim
