#include "disk.hpp"

#include "base/unique_fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace dockerext::sim {
namespace {

namespace fs = std::filesystem;

std::string read_from(int fd, off_t begin) {
    std::string bytes;
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::pread(fd, buffer, sizeof buffer, begin + static_cast<off_t>(bytes.size()));
        if (got <= 0) return bytes;
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
}

std::string path_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

struct CloseFolder {
    void operator()(DIR* stream) const noexcept { (void)::closedir(stream); }
};

template <typename Visit>
void each_entry(const fs::path& folder, Visit visit) {
    const std::unique_ptr<DIR, CloseFolder> stream(::opendir(folder.c_str()));
    while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
        const std::string name = static_cast<const char*>(entry->d_name);
        struct stat facts = {};
        if (name == "." || name == ".." || ::lstat((folder / name).c_str(), &facts) != 0) continue;
        visit(name, facts);
    }
}

void write_file(const fs::path& path, const std::string& bytes, mode_t mode) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t written = ::write(fd.get(), bytes.data() + at, bytes.size() - at);
        if (written <= 0) std::abort();
        at += static_cast<std::size_t>(written);
    }
}

}  // namespace

Disk::Disk(fs::path folder) : folder_(std::move(folder)) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    current_ = this;
}

Disk::~Disk() {
    current_ = nullptr;
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

int Disk::sync(int fd) {
    ++syncs_;
    if (dead_) return 0;
    if (!is_other_process_ && syncs_until_kill_ != 0 && --syncs_until_kill_ == 0) {
        dead_ = true;
        image_at_kill_ = image();
        return 0;
    }
    if (failing_ != 0 && !is_other_process_) {
        errno = failing_;
        return -1;
    }
    struct stat facts = {};
    if (::fstat(fd, &facts) != 0) return -1;
    if (S_ISDIR(facts.st_mode)) sync_folder(fd);
    else sync_file(fd);
    return 0;
}

/// Records a file's content as synced. Reads only the new end of a file that was only appended to.
void Disk::sync_file(int fd) {
    struct stat facts = {};
    if (::fstat(fd, &facts) != 0) return;
    const UniqueFd readable(::open(path_of(fd).c_str(), O_RDONLY | O_CLOEXEC));
    std::string& synced = synced_files_[facts.st_ino];
    const bool appended = (::fcntl(fd, F_GETFL) & O_APPEND) != 0;
    if (!appended || static_cast<off_t>(synced.size()) > facts.st_size) synced.clear();
    synced += read_from(readable.get(), static_cast<off_t>(synced.size()));
}

void Disk::sync_folder(int fd) {
    std::error_code code;
    const fs::path path = fs::read_symlink(path_of(fd), code);
    Listing& listing = synced_folders_[path];
    listing.clear();
    each_entry(path, [&](const std::string& name, const struct stat& facts) {
        listing[name] = {S_ISDIR(facts.st_mode), facts.st_ino, facts.st_mode & 07777U, {}};
    });
}

Disk::Image Disk::image() const {
    Image all;
    std::vector<fs::path> left{folder_};
    while (!left.empty()) {
        const fs::path path = left.back();
        left.pop_back();
        Listing& listing = all[path];
        each_entry(path, [&](const std::string& name, const struct stat& facts) {
            Entry entry{S_ISDIR(facts.st_mode), facts.st_ino, facts.st_mode & 07777U, {}};
            if (entry.is_folder) left.push_back(path / name);
            else if (S_ISREG(facts.st_mode))
                entry.bytes =
                    read_from(UniqueFd(::open((path / name).c_str(), O_RDONLY | O_CLOEXEC)).get(), 0);
            listing[name] = std::move(entry);
        });
    }
    return all;
}

void Disk::write(const Image& image) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    for (const auto& [path, listing] : image) {
        fs::create_directories(path);
        for (const auto& [name, entry] : listing) {
            if (entry.is_folder) {
                fs::create_directory(path / name);
                (void)::chmod((path / name).c_str(), entry.mode);
            } else {
                write_file(path / name, entry.bytes, entry.mode);
            }
        }
    }
    mark_all_synced();
}

void Disk::mark_all_synced() {
    synced_files_.clear();
    synced_folders_ = image();
    for (auto& [path, listing] : synced_folders_) {
        for (auto& [name, entry] : listing) {
            if (!entry.is_folder) synced_files_[entry.inode] = std::exchange(entry.bytes, {});
        }
    }
}

void Disk::restore_after_kill() {
    if (!std::exchange(dead_, false)) return;
    syncs_until_kill_ = 0;
    // Rewrites only if necessary: a rewritten file would lose the record of what was synced.
    if (image() != image_at_kill_) write(image_at_kill_);
}

/// The file's content after a power cut: the synced bytes and a random part of what was appended later.
std::string Disk::bytes_after_power_cut(const Entry& entry, Random& random) const {
    const auto synced = synced_files_.find(entry.inode);
    const std::string before = synced == synced_files_.end() ? "" : synced->second;
    if (!entry.bytes.starts_with(before)) return random.one_in(2) ? before : entry.bytes;
    return entry.bytes.substr(0, before.size() + random.below(entry.bytes.size() - before.size() + 1));
}

/// Each folder that is not empty gets either its synced entries or its latest ones.
void Disk::restore_after_power_cut(Random& random) {
    const Image end = dead_ ? image_at_kill_ : image();
    std::map<ino_t, std::string> last;
    for (const auto& [path, listing] : end) {
        for (const auto& [name, entry] : listing) last[entry.inode] = entry.bytes;
    }
    Image left;
    for (const auto& [path, listing] : end) {
        if (path != folder_ && !left[path.parent_path()].contains(path.filename())) continue;
        const auto synced = synced_folders_.find(path);
        Listing chosen = synced != synced_folders_.end() && random.one_in(2) ? synced->second : listing;
        for (auto& [name, entry] : chosen) {
            if (entry.is_folder) continue;
            const auto bytes = last.find(entry.inode);
            const auto kept = synced_files_.find(entry.inode);
            entry.bytes = bytes != last.end()           ? bytes->second
                          : kept != synced_files_.end() ? kept->second
                                                        : "";
            entry.bytes = bytes_after_power_cut(entry, random);
        }
        left[path] = std::move(chosen);
    }
    dead_ = false;
    syncs_until_kill_ = 0;
    write(left);
}

}  // namespace dockerext::sim
