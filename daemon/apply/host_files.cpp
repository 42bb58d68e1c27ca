#include "apply/host_files.hpp"

#include "base/atomic_file.hpp"
#include "base/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace dockerext::apply {
namespace {

namespace fs = std::filesystem;
using model::FileChange;

constexpr std::size_t config_file_limit = std::size_t{1} << 20;
constexpr mode_t shared_folder = 0755, private_folder = 0700;

fs::path below(const fs::path& root, const std::string& path) {
    return root / fs::path(path).relative_path();
}

Result<FileChange> current_file(const fs::path& root, const std::string& path) {
    FileChange file{.path = path, .content = std::nullopt};
    const auto opened = open_regular(AT_FDCWD, below(root, path).string());
    if (!opened && opened.error().kind() == ErrorKind::not_found) return file;
    if (!opened) return opened.error().within(path);
    struct stat facts {};
    if (::fstat(opened->get(), &facts) != 0) return Error::from_errno(errno, "fstat " + path);
    auto content = read_all(*opened, config_file_limit);
    if (!content) return content.error().within(path);
    file.content = Secret(std::move(*content));
    file.mode = facts.st_mode & 07777;
    return file;
}

bool is_up_to_date(const fs::path& root, const FileChange& file) {
    const auto found = current_file(root, file.path);
    return found && found->content == file.content && (!file.content || found->mode == file.mode);
}

/// Creates the folder and its missing parents. Sets the mode explicitly, because the daemon's umask would
/// restrict it.
Result<> make_folder(const fs::path& folder, mode_t mode) {
    std::error_code code;
    const bool exists = fs::is_directory(folder, code);
    if (exists) return {};
    if (folder.has_relative_path()) {
        if (auto above = make_folder(folder.parent_path(), shared_folder); !above) return above;
    }
    if (::mkdir(folder.c_str(), mode) != 0 || ::chmod(folder.c_str(), mode) != 0)
        return Error::from_errno(errno, "make the folder '" + folder.string() + "'");
    return {};
}

/// Only root may enter the folder with the credentials.
Result<> make_folder_of(const fs::path& root, const std::string& path) {
    const mode_t mode = path == model::host_paths::credentials ? private_folder : shared_folder;
    return make_folder(below(root, path).parent_path(), mode);
}

}  // namespace

Result<std::vector<FileChange>> current_files(const fs::path& root, const std::vector<FileChange>& files) {
    std::vector<FileChange> found;
    for (const FileChange& file : files) {
        auto now = current_file(root, file.path);
        if (!now) return now.error();
        found.push_back(std::move(*now));
    }
    return found;
}

Result<> write_files(const fs::path& root, const std::vector<FileChange>& files) {
    std::vector<StagedFile> staged;
    std::vector<fs::path> unwanted;
    for (const FileChange& file : files) {
        if (is_up_to_date(root, file)) continue;
        const fs::path path = below(root, file.path);
        if (!file.content) {
            unwanted.push_back(path);
            continue;
        }
        if (auto made = make_folder_of(root, file.path); !made) return made;
        auto written = StagedFile::write(path, file.content->reveal(), file.mode);
        if (!written) return written.error();
        staged.push_back(std::move(*written));
    }
    for (StagedFile& file : staged) {
        if (auto placed = file.put_in_place(); !placed) return placed;
    }
    for (const fs::path& path : unwanted) {
        if (auto removed = remove_file(path); !removed) return removed;
    }
    return {};
}

}  // namespace dockerext::apply
