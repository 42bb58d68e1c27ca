#include "base/atomic_file.hpp"

#include "base/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace dockerext {
namespace {

Error last_error(std::string_view call, const std::filesystem::path& path) {
    return Error::from_errno(errno, std::string(call) + " '" + path.string() + "'");
}

/// The rename itself is only durable once its directory is.
Result<> sync_directory(const std::filesystem::path& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return last_error("open", directory);
    if (::fsync(fd.get()) != 0) return last_error("fsync", directory);
    return {};
}

Result<> write_and_sync(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!fd) return last_error("open", path);
    if (::fchmod(fd.get(), mode) != 0) return last_error("fchmod", path);
    if (auto written = write_all(fd, bytes); !written) {
        return written.error().within("'" + path.string() + "'");
    }
    if (::fsync(fd.get()) != 0) return last_error("fsync", path);
    return {};
}

}  // namespace

Result<> replace_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    const std::filesystem::path temporary = path.string() + ".tmp";
    if (auto written = write_and_sync(temporary, bytes, mode); !written) {
        (void)::unlink(temporary.c_str());
        return written.error();
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) return last_error("rename", temporary);
    return sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace dockerext
