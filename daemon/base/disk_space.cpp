#include "base/disk_space.hpp"

#include <sys/statvfs.h>

#include <cerrno>

namespace dockerext {

Result<DiskSpace> disk_space(const std::string& folder) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) return Error::from_errno(errno, "read the free space");
    return DiskSpace{.free = std::uint64_t{disk.f_bavail} * disk.f_frsize,
                     .total = std::uint64_t{disk.f_blocks} * disk.f_frsize};
}

}  // namespace dockerext
