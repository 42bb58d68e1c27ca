#include "shim/daemon_files.hpp"

#include "base/atomic_file.hpp"
#include "base/regular_file.hpp"

#include <sys/stat.h>

#include <array>

namespace dockerext::shim {
namespace {

constexpr std::size_t program_limit = std::size_t{256} << 20;

/// A file of the zip that is copied out of the handler's folder.
struct File {
    const char* name;
    const std::filesystem::path& target;
    mode_t mode;
};

bool has_mode(const std::filesystem::path& path, mode_t mode) {
    struct stat facts = {};
    return ::lstat(path.c_str(), &facts) == 0 && (facts.st_mode & 07777u) == mode;
}

/// Copies a file unless the target is identical; returns whether it was copied.
Result<bool> install_file(const std::filesystem::path& from, const std::filesystem::path& to, mode_t mode) {
    const auto content = read_regular(from, program_limit);
    if (!content) return content.error().within("read '" + from.string() + "'");
    const auto present = read_regular(to, program_limit);
    if (present && *present == *content && has_mode(to, mode)) return false;
    std::error_code failed;
    std::filesystem::create_directories(to.parent_path(), failed);
    if (failed) return Error::from_code(failed, "make '" + to.parent_path().string() + "'");
    if (auto replaced = replace_file(to, *content, mode); !replaced) return replaced.error();
    return true;
}

Result<> remove_folder(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);
    if (failed) return Error::from_code(failed, "remove '" + folder.string() + "'");
    return {};
}

/// Removes the daemon's state, but not a project folder with content: relative bind mounts of services are
/// there.
Result<> remove_state(const state::Paths& daemon) {
    std::error_code none;
    std::filesystem::remove(daemon.project, none);  // only if it is empty
    if (!std::filesystem::exists(daemon.project, none)) return remove_folder(daemon.state);
    Result<> first;
    for (std::filesystem::directory_iterator entry(daemon.state, none), end; !none && entry != end;
         entry.increment(none)) {
        if (entry->path() == daemon.project) continue;
        if (auto removed = remove_folder(entry->path()); !removed && first) first = removed;
    }
    return first;
}

}  // namespace

Result<bool> install_daemon_files(const Layout& layout, const std::filesystem::path& handler_folder) {
    const std::array files{File{packaged_daemon, layout.program, 0755},
                           File{packaged_handler, layout.handler, 0755}, File{unit_name, layout.unit, 0644},
                           File{failure_unit_name, layout.failure_unit, 0644},
                           File{retry_timer_name, layout.retry_timer, 0644}};
    bool changed = false;
    for (const File& file : files) {
        const auto written = install_file(handler_folder / file.name, file.target, file.mode);
        if (!written) return written.error().within("install the daemon");
        changed = changed || *written;
    }
    return changed;
}

Result<> remove_daemon_files(const Layout& layout) {
    Result<> first;
    for (const auto& done :
         {remove_file(layout.unit), remove_file(layout.failure_unit), remove_file(layout.retry_timer),
          remove_file(layout.program), remove_file(layout.handler), remove_folder(layout.daemon.run),
          remove_state(layout.daemon)}) {
        if (!done && first) first = done;
    }
    return first;
}

}  // namespace dockerext::shim
