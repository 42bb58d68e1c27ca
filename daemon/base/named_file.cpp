#include "base/named_file.hpp"

#include "base/folder.hpp"
#include "base/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>

namespace dockerext {
namespace {

namespace fs = std::filesystem;

constexpr int max_links = 40;  ///< the kernel's limit

Error invalid_path(std::string why) { return {ErrorKind::invalid_input, std::move(why)}; }

Result<UniqueFd> step_into(int folder, const std::string& name) {
    UniqueFd next(::openat(folder, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next) return Error::from_errno(errno, "open the folder '" + name + "'");
    return next;
}

/// Resolves a path from "/" to its last component.
class Walk {
public:
    explicit Walk(const fs::path& path) { prepend(path); }

    /// Walks to the folder that holds the last component, which is not a link.
    Result<> run() {
        if (auto opened = go_to_root(); !opened) return opened;
        while (!remaining_.empty()) {
            if (auto done = resolve_next(); !done) return done;
            if (!last_.empty()) return {};
        }
        last_ = ".";
        return {};
    }

    int folder() const { return folder_.get(); }
    const std::string& last() const { return last_; }

private:
    void prepend(const fs::path& path) {
        const fs::path relative = path.relative_path();
        remaining_.insert(remaining_.begin(), relative.begin(), relative.end());
        std::erase_if(remaining_, [](const std::string& name) { return name.empty() || name == "."; });
    }

    Result<> go_to_root() {
        folder_ = UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        folder_path_ = "/";
        if (!folder_) return Error::from_errno(errno, "open '/'");
        return {};
    }

    Result<> resolve_next() {
        const std::string name = remaining_.front();
        remaining_.pop_front();
        struct stat facts = {};
        if (::fstatat(folder_.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
            return Error::from_errno(errno, "open");
        if (S_ISLNK(facts.st_mode)) return follow(name);
        if (remaining_.empty() && name != "..") {
            last_ = name;
            return {};
        }
        auto next = step_into(folder_.get(), name);
        if (!next) return next.error();
        folder_ = std::move(*next);
        folder_path_ = (folder_path_ / name).lexically_normal();
        return {};
    }

    Result<> follow(const std::string& name) {
        if (++links_ > max_links) return invalid_path("too many symbolic links");
        if (auto trusted = require_writable_by_root_only(name); !trusted) return trusted;
        std::array<char, PATH_MAX> target{};
        const ssize_t size = ::readlinkat(folder_.get(), name.c_str(), target.data(), target.size());
        if (size < 0) return Error::from_errno(errno, "read the link '" + name + "'");
        const fs::path path(target.data(), target.data() + size);
        prepend(path);
        return path.is_absolute() ? go_to_root() : Result<>();
    }

    Result<> require_writable_by_root_only(const std::string& name) const {
        struct stat facts = {};
        if (::fstat(folder_.get(), &facts) != 0) return Error::from_errno(errno, "fstat");
        if (facts.st_uid == 0 && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
        return invalid_path(
            "'" + (folder_path_ / name).string() +
            "' is a symbolic link in a folder that users other than root can write to: use the real path, "
            "or let only root write to the folder");
    }

    std::deque<std::string> remaining_;
    UniqueFd folder_;
    fs::path folder_path_;  ///< of `folder_`, for people
    std::string last_;
    int links_ = 0;
};

}  // namespace

Result<UniqueFd> open_beneath(int folder, const fs::path& path) {
    if (path.empty() || path.is_absolute()) return invalid_path("not a relative path");
    UniqueFd at;
    for (const fs::path& part : path.parent_path()) {
        if (part == "..") return invalid_path("leads out of its folder");
        auto next = step_into(at ? at.get() : folder, part);
        if (!next) return next.error();
        at = std::move(*next);
    }
    if (path.filename() == "..") return invalid_path("leads out of its folder");
    return open_regular(at ? at.get() : folder, path.filename());
}

Result<UniqueFd> open_named_file(const fs::path& path) {
    Walk walk(path);
    if (auto done = walk.run(); !done) return done.error();
    return open_regular(walk.folder(), walk.last());
}

Result<UniqueFd> open_named_folder(const fs::path& path) {
    Walk walk(path);
    if (auto done = walk.run(); !done) return done.error();
    return open_folder_in(walk.folder(), walk.last());
}

Result<std::string> read_named_file(const fs::path& path, std::size_t limit) {
    const auto file = open_named_file(path);
    if (!file) return file.error();
    return read_all(*file, limit);
}

}  // namespace dockerext
