#pragma once

#include "random.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace dockerext::sim {

/// The folder of the daemon's state: real files on a file system in memory. Records what was synced, so that
/// a power cut can lose the rest. Only one instance exists at a time; it outlives the daemon.
class Disk {
public:
    /// Creates `folder`, and removes it on destruction.
    explicit Disk(std::filesystem::path folder);
    Disk(Disk&&) = delete;
    ~Disk();
    static Disk* current() { return current_; }

    /// Kills the process at its nth sync from now on, before that sync takes effect. The process keeps
    /// running without noticing, but nothing that it does from then on has an effect; `dead` returns true.
    void kill_at_sync(std::uint64_t sync) { syncs_until_kill_ = sync; }
    bool dead() const { return dead_; }
    /// Restores the files to their state when the process was killed.
    void restore_after_kill();
    /// As after a power cut: data that was not synced may be lost.
    void restore_after_power_cut(Random& random);

    /// Makes every sync fail with this error; 0 ends that.
    void set_failing(int error_number) { failing_ = error_number; }
    bool failing() const { return failing_ != 0; }
    /// While others write here (clients that submit settings), `kill_at_sync` does not count syncs.
    void set_other_process(bool others) { is_other_process_ = others; }

    /// Stands for fsync(2) and fdatasync(2); called by seams/disk_sync.cpp.
    int sync(int fd);
    std::uint64_t syncs() const { return syncs_; }

private:
    struct Entry {
        bool is_folder = false;
        ino_t inode = 0;
        mode_t mode = 0;
        std::string bytes;
        bool operator==(const Entry&) const = default;
    };
    using Listing = std::map<std::string, Entry>;            ///< of one folder, by name
    using Image = std::map<std::filesystem::path, Listing>;  ///< of all folders

    Image image() const;
    void write(const Image& image);
    void mark_all_synced();
    void sync_file(int fd);
    void sync_folder(int fd);
    std::string bytes_after_power_cut(const Entry& entry, Random& random) const;

    static inline Disk* current_ = nullptr;
    std::filesystem::path folder_;
    std::map<ino_t, std::string> synced_files_;
    Image synced_folders_;  ///< without the entries' bytes
    Image image_at_kill_;
    std::uint64_t syncs_until_kill_ = 0;  ///< syncs until the kill; 0: no kill
    std::uint64_t syncs_ = 0;
    bool dead_ = false, is_other_process_ = false;
    int failing_ = 0;
};

}  // namespace dockerext::sim
