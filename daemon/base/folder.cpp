#include "base/folder.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace dockerext {
namespace {

struct CloseFolder {
    void operator()(DIR* stream) const noexcept { (void)::closedir(stream); }
};

}  // namespace

Result<UniqueFd> open_folder_in(int folder, const std::string& name) {
    UniqueFd fd(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd) return fd;
    if (errno == ELOOP || errno == ENOTDIR) return Error(ErrorKind::invalid_input, "not a folder");
    return Error::from_errno(errno, "open");
}

Result<> each_name(const UniqueFd& folder, const std::function<void(std::string_view)>& visit) {
    auto fd = open_folder_in(folder.get(), ".");  // a second descriptor with its own position
    if (!fd) return fd.error();
    const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(fd->get()));
    if (!stream) return Error::from_errno(errno, "read a folder");
    (void)fd->release();  // the stream owns it from here on
    for (errno = 0; const dirent* entry = ::readdir(stream.get()); errno = 0) {
        const std::string_view name(static_cast<const char*>(entry->d_name));
        if (name != "." && name != "..") visit(name);
    }
    if (errno != 0) return Error::from_errno(errno, "read a folder");
    return {};
}

Result<std::vector<std::string>> names_in(const UniqueFd& folder, std::size_t max_count) {
    std::vector<std::string> names;
    std::size_t count = 0;
    const auto add = [&](std::string_view name) {
        if (++count <= max_count) names.emplace_back(name);
    };
    if (auto read = each_name(folder, add); !read) return read.error();
    if (count > max_count)
        return Error(ErrorKind::invalid_input,
                     "more than " + std::to_string(max_count) + " names in a folder");
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace dockerext
