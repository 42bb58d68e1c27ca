#include "state/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

namespace dockerext::state {
namespace {

Error last_error(std::string_view doing, const std::filesystem::path& path) {
    return Error::from_errno(errno, std::string(doing) + " '" + path.string() + "'");
}

struct CloseFolder {
    void operator()(DIR* stream) const noexcept { (void)::closedir(stream); }
};

}  // namespace

Result<UniqueFd> open_folder(const std::filesystem::path& path, mode_t mode) {
    std::error_code code;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), code);
    if (code) return Error::from_code(code, "make '" + path.parent_path().string() + "'");
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return last_error("make", path);
    UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return last_error("open", path);
    struct stat facts = {};
    if (::fstat(folder.get(), &facts) != 0) return last_error("fstat", path);
    if (facts.st_uid != 0 && facts.st_uid != ::geteuid()) {
        return Error(ErrorKind::invalid_input, "'" + path.string() + "' belongs to user " +
                                                   std::to_string(facts.st_uid) + ", not to root");
    }
    if ((facts.st_mode & 07777u) != mode && ::fchmod(folder.get(), mode) != 0)
        return last_error("chmod", path);
    return folder;
}

Result<> sync_folder(const std::filesystem::path& path) {
    const UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return last_error("open", path);
    if (::fsync(folder.get()) != 0) return last_error("fsync", path);
    return {};
}

Result<> each_name(const UniqueFd& folder, const std::function<void(std::string_view)>& visit) {
    UniqueFd fd(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));  // a position of its own
    if (!fd) return Error::from_errno(errno, "open a folder");
    const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(fd.get()));
    if (!stream) return Error::from_errno(errno, "read a folder");
    (void)fd.release();  // the stream's from here on
    for (errno = 0; const dirent* entry = ::readdir(stream.get()); errno = 0) {
        const std::string_view name(static_cast<const char*>(entry->d_name));
        if (name != "." && name != "..") visit(name);
    }
    if (errno != 0) return Error::from_errno(errno, "read a folder");
    return {};
}

}  // namespace dockerext::state
