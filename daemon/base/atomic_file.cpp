#include "base/atomic_file.hpp"

#include "base/disk_sync.hpp"
#include "base/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

namespace dockerext {
namespace {

/// What people can do about it; "" if the system's own message says enough.
std::string_view remedy_of(int number) {
    switch (number) {
    case ENOSPC:
    case EDQUOT: return " (make room on its file system)";
    case EROFS: return " (mount its file system for writing)";
    default: return "";
    }
}

Error last_error(std::string_view call, const std::filesystem::path& path) {
    const int number = errno;
    const Error error = Error::from_errno(number, std::string(call) + " '" + path.string() + "'");
    return {error.kind(), error.message() + std::string(remedy_of(number))};
}

/// A rename is durable only once its directory is synced.
Result<> sync_directory(const std::filesystem::path& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return last_error("open", directory);
    if (sync_file(fd.get()) != 0) return last_error("fsync", directory);
    return {};
}

Result<> write_and_sync(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!fd) return last_error("open", path);
    if (::fchmod(fd.get(), mode) != 0) return last_error("fchmod", path);
    if (!write_all(fd, bytes)) return last_error("write", path);
    if (sync_file(fd.get()) != 0) return last_error("fsync", path);
    return {};
}

std::filesystem::path temporary_of(const std::filesystem::path& path) { return path.string() + ".tmp"; }

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

Result<StagedFile> StagedFile::write(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    StagedFile staged(path);
    if (auto written = write_and_sync(temporary_of(path), bytes, mode); !written) return written.error();
    return staged;
}

StagedFile::StagedFile(StagedFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

StagedFile::~StagedFile() {
    if (!path_.empty()) (void)::unlink(temporary_of(path_).c_str());
}

Result<> StagedFile::put_in_place() {
    const std::filesystem::path temporary = temporary_of(path_);
    if (::rename(temporary.c_str(), path_.c_str()) != 0) return last_error("rename", temporary);
    return sync_directory(folder_of(std::exchange(path_, {})));
}

Result<> replace_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
    auto staged = StagedFile::write(path, bytes, mode);
    if (!staged) return staged.error();
    return staged->put_in_place();
}

Result<> remove_file(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) == 0) return sync_directory(folder_of(path));
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return last_error("unlink", path);
}

}  // namespace dockerext
