#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>

namespace dockerext {

/// In bytes.
struct DiskSpace {
    std::uint64_t free = 0;  ///< for others than root, as `df` reports it
    std::uint64_t total = 0;
    bool operator==(const DiskSpace&) const = default;
};

/// Of the file system that a folder is on. Blocks while the disk hangs.
Result<DiskSpace> disk_space(const std::string& folder);

}  // namespace dockerext
