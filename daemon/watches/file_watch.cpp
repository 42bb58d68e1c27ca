#include "watches/file_watch.hpp"

#include "watches/inotify.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace dockerext::watches {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t directory_events = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr std::uint32_t file_events = directory_events | IN_CLOSE_WRITE | IN_ATTRIB;
/// Events that say that a watch has ended or that events were lost.
constexpr std::uint32_t lost_events = IN_IGNORED | IN_UNMOUNT | IN_Q_OVERFLOW;

/// The relevant names in a folder: watched files, and folders on the path to a watched file.
struct Watched {
    std::set<std::string> files, folders;
};

/// Values that differ after any change of a file: device, inode, time of the last change; zeros if absent.
using FileStamp = std::tuple<dev_t, ino_t, time_t, long>;

FileStamp stamp_of(const fs::path& file) {
    struct stat facts = {};
    if (::lstat(file.c_str(), &facts) != 0) return {};
    return {facts.st_dev, facts.st_ino, facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec};
}

bool is_absent(int number) { return number == ENOENT || number == ENOTDIR || number == ELOOP; }

}  // namespace

struct FileWatch::State {
    State(asio::posix::stream_descriptor on, std::vector<fs::path> paths)
        : inotify(std::move(on)), files(std::move(paths)), stamps(files.size()) {}

    /// Watches the existing part of the path to each file, from the root down, so that the creation of the
    /// missing part is seen.
    Result<> watch_all();
    Result<> watch_path_to(const fs::path& file, std::map<int, Watched>& into);
    /// Adds a watch for the folder; nullopt while the folder is absent.
    Result<std::optional<int>> watch(const fs::path& folder, std::uint32_t mask);

    bool affects_file(const FileEvent& event) const;
    /// Whether a folder on the path to a file has changed, so that the watches must be set again.
    bool affects_folder(const FileEvent& event) const;
    /// Whether a file differs from the last look.
    bool update_stamps();
    Result<bool> process_events(const std::vector<FileEvent>& events);

    asio::posix::stream_descriptor inotify;
    std::vector<fs::path> files;
    std::vector<FileStamp> stamps;
    std::map<int, Watched> watches;
};

Result<std::optional<int>> FileWatch::State::watch(const fs::path& folder, std::uint32_t mask) {
    const int watch =
        ::inotify_add_watch(inotify.native_handle(), folder.c_str(), mask | IN_ONLYDIR | IN_MASK_ADD);
    if (watch >= 0) return std::optional(watch);
    if (is_absent(errno)) return std::optional<int>{};
    return Error::from_errno(errno, "watch '" + folder.string() + "'");
}

Result<> FileWatch::State::watch_path_to(const fs::path& file, std::map<int, Watched>& into) {
    fs::path folder = file.root_path();
    for (const fs::path& name : file.relative_path()) {
        const fs::path next = folder / name;
        const bool last = next == file;
        const auto watched = watch(folder, last ? file_events : directory_events);
        if (!watched) return watched.error();
        if (!*watched) return {};
        Watched& names = into[**watched];
        (last ? names.files : names.folders).insert(name);
        folder = next;
    }
    return {};
}

Result<> FileWatch::State::watch_all() {
    std::map<int, Watched> now;
    for (const fs::path& file : files) {
        if (auto watched = watch_path_to(file, now); !watched) return watched.error();
    }
    for (const auto& [watch, names] : watches) {
        if (!now.contains(watch)) (void)::inotify_rm_watch(inotify.native_handle(), watch);
    }
    watches = std::move(now);
    return {};
}

bool FileWatch::State::affects_file(const FileEvent& event) const {
    const auto watched = watches.find(event.watch);
    return watched != watches.end() && watched->second.files.contains(event.name);
}

bool FileWatch::State::affects_folder(const FileEvent& event) const {
    if ((event.mask & IN_Q_OVERFLOW) != 0) return true;
    const auto watched = watches.find(event.watch);
    if (watched == watches.end()) return false;
    return (event.mask & lost_events) != 0 ||
           ((event.mask & directory_events) != 0 && watched->second.folders.contains(event.name));
}

bool FileWatch::State::update_stamps() {
    bool differs = false;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const FileStamp now = stamp_of(files[i]);
        differs = std::exchange(stamps[i], now) != now || differs;
    }
    return differs;
}

/// Whether the events mean that a file has changed.
Result<bool> FileWatch::State::process_events(const std::vector<FileEvent>& events) {
    bool file_affected = false, folder_affected = false;
    for (const FileEvent& event : events) {
        file_affected = file_affected || affects_file(event);
        folder_affected = folder_affected || affects_folder(event);
    }
    if (!file_affected && !folder_affected) return false;
    if (folder_affected) {
        if (auto watched = watch_all(); !watched) return watched.error();
    }
    const bool differs = update_stamps();
    return file_affected || differs;
}

FileWatch::FileWatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileWatch::FileWatch(FileWatch&&) noexcept = default;
FileWatch& FileWatch::operator=(FileWatch&&) noexcept = default;
FileWatch::~FileWatch() = default;

Result<FileWatch> FileWatch::open(const asio::any_io_executor& executor, std::vector<fs::path> files) {
    auto inotify = open_inotify(executor);
    if (!inotify) return inotify.error();
    for (fs::path& file : files) file = file.lexically_normal();
    auto state = std::make_unique<State>(std::move(*inotify), std::move(files));
    if (auto watched = state->watch_all(); !watched) return watched.error();
    (void)state->update_stamps();
    return FileWatch(std::move(state));
}

Task<Result<>> FileWatch::changed() {
    for (;;) {
        const bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        if (cancelled) co_return Error(ErrorKind::cancelled, "changes of files");
        const auto events = co_await next_events(state_->inotify);
        if (!events) co_return events.error();
        const auto changed = state_->process_events(*events);
        if (!changed) co_return changed.error();
        if (*changed) co_return Result<>{};
    }
}

}  // namespace dockerext::watches
