#include "state/kept_file.hpp"

#include "base/atomic_file.hpp"
#include "base/regular_file.hpp"
#include "state/folder.hpp"
#include "state/sealed.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace dockerext::state {

Result<Secret> read_file(const std::filesystem::path& path, std::size_t limit) {
    const auto fd = open_regular(AT_FDCWD, path);
    if (!fd) return fd.error();
    auto bytes = read_all(*fd, limit);
    if (!bytes) return bytes.error();
    return Secret(std::move(*bytes));
}

Result<> remove_file(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) == 0) return sync_folder(path.parent_path());
    if (errno == ENOENT) return {};
    return Error::from_errno(errno, "remove '" + path.string() + "'");
}

Result<> KeptFile::save(const Secret& content, bool (*readable)(const Secret& text)) const {
    const Secret text(seal(content.reveal()));
    const auto current = read();
    if (current && *current == text) return {};
    if (current && readable(*current)) {
        if (auto kept = replace_file(previous_, current->reveal()); !kept)
            return kept.error().within("keep the copy before");
    }
    return replace_file(file_, text.reveal());
}

Result<> KeptFile::remove() const {
    // The copy first: with the file gone and the copy left, a crash here would bring older things back.
    if (auto removed = remove_file(previous_); !removed) return removed;
    return remove_file(file_);
}

}  // namespace dockerext::state
