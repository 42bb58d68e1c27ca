#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::bundle {

/// Names and contents.
using Files = std::vector<std::pair<std::string, std::string>>;

/// Writes a tar of the files, compressed with zstd, to a new file of mode 0600; returns its size. `conflict`
/// if there is such a file already. Removes what it has written if it fails.
Result<std::uint64_t> write_archive(const std::filesystem::path& path, const Files& files, WallTime now);

}  // namespace dockerext::bundle
