#include "state/folder.hpp"

#include "base/disk_sync.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace dockerext::state {
namespace {

Error last_error(std::string_view doing, const std::filesystem::path& path) {
    return Error::from_errno(errno, std::string(doing) + " '" + path.string() + "'");
}

}  // namespace

Result<UniqueFd> open_folder(const std::filesystem::path& path, mode_t mode) {
    std::error_code code;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), code);
    if (code) return Error::from_code(code, "make '" + path.parent_path().string() + "'");
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return last_error("make", path);
    UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return last_error("open", path);
    struct stat file_stat = {};
    if (::fstat(folder.get(), &file_stat) != 0) return last_error("fstat", path);
    if (file_stat.st_uid != 0 && file_stat.st_uid != ::geteuid()) {
        return Error(ErrorKind::invalid_input, "'" + path.string() + "' belongs to user " +
                                                   std::to_string(file_stat.st_uid) + ", not to root");
    }
    if ((file_stat.st_mode & 07777u) != mode && ::fchmod(folder.get(), mode) != 0)
        return last_error("chmod", path);
    return folder;
}

Result<> sync_folder(const std::filesystem::path& path) {
    const UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return last_error("open", path);
    if (sync_file(folder.get()) != 0) return last_error("fsync", path);
    return {};
}

}  // namespace dockerext::state
