#include "base/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace dockerext {
namespace {

Error invalid_file(std::string reason) { return {ErrorKind::invalid_input, std::move(reason)}; }

Result<> require_regular(mode_t mode) {
    if (S_ISREG(mode)) return {};
    if (S_ISLNK(mode)) return invalid_file("a symbolic link");
    if (S_ISDIR(mode)) return invalid_file("a directory");
    if (S_ISFIFO(mode)) return invalid_file("a FIFO");
    return invalid_file("not a regular file");
}

Error open_error(int number) {
    if (number == ELOOP) return invalid_file("a symbolic link");
    if (number == EMFILE || number == ENFILE || number == ENOMEM) {
        return {ErrorKind::unavailable, Error::from_errno(number, "open").message()};
    }
    return Error::from_errno(number, "open");
}

}  // namespace

Result<UniqueFd> open_regular(int folder, const std::string& name) {
    struct stat before = {};
    // Opening a device can have side effects, so check first.
    if (::fstatat(folder, name.c_str(), &before, AT_SYMLINK_NOFOLLOW) != 0) return open_error(errno);
    if (auto regular = require_regular(before.st_mode); !regular) return regular.error();

    UniqueFd fd(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return open_error(errno);
    struct stat opened = {};
    if (::fstat(fd.get(), &opened) != 0) return Error::from_errno(errno, "fstat");
    if (auto regular = require_regular(opened.st_mode); !regular) return regular.error();
    return fd;
}

Result<std::string> read_all(const UniqueFd& fd, std::size_t limit) {
    struct stat facts = {};
    if (::fstat(fd.get(), &facts) != 0) return Error::from_errno(errno, "fstat");
    std::string bytes(std::min(limit, static_cast<std::size_t>(facts.st_size)) + 1, '\0');
    std::size_t filled = 0;
    for (;;) {
        const ssize_t got = ::read(fd.get(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Error::from_errno(errno, "read");
        filled += static_cast<std::size_t>(got);
        if (filled > limit) return invalid_file("larger than " + std::to_string(limit) + " bytes");
        if (got == 0) break;
        if (filled == bytes.size())
            bytes.resize(std::min(limit + 1, 2 * bytes.size()));  // the file may grow meanwhile
    }
    bytes.resize(filled);
    return bytes;
}

Result<std::string> read_regular(const std::filesystem::path& path, std::size_t limit) {
    const auto file = open_regular(AT_FDCWD, path);
    if (!file) return file.error();
    return read_all(*file, limit);
}

Result<> write_all(const UniqueFd& fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return Error::from_errno(errno, "write");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<> write_new(const std::filesystem::path& path, std::string_view bytes) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) return Error::from_errno(errno, "create '" + path.string() + "'");
    auto written = write_all(fd, bytes);
    if (!written) ::unlink(path.c_str());
    return written;
}

}  // namespace dockerext
