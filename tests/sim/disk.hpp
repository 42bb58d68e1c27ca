#pragma once

#include "random.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace dockerext::sim {

/// The folder in which the daemon keeps its state: real files on a file system in memory. It knows what of
/// them was synced, so that a power cut can take the rest away. There is one at a time, and it outlives the
/// daemon.
class Disk {
public:
    /// `folder` is made, and goes with this.
    explicit Disk(std::filesystem::path folder);
    Disk(Disk&&) = delete;
    ~Disk();
    static Disk* current() { return current_; }

    /// The process is killed at its nth sync from now on, before that has any effect. The process itself does
    /// not notice, but nothing that it does afterwards has an effect: `dead`.
    void die_at(std::uint64_t sync) { left_ = sync; }
    bool dead() const { return dead_; }
    /// The process is gone: the files are as they were when it died.
    void leave_as_killed();
    /// The machine is gone too: what was not synced may be lost.
    void leave_as_cut_off(Random& random);

    /// While this is so, no sync succeeds.
    void set_failing(int error_number) { failing_ = error_number; }
    bool failing() const { return failing_ != 0; }
    /// Whoever else writes here (bringers of settings) is not what `die_at` counts.
    void set_others_turn(bool others) { others_turn_ = others; }

    /// fsync(2), fdatasync(2): for seams/disk_sync.cpp.
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
    void take_as_synced();
    void sync_file(int fd);
    void sync_folder(int fd);
    std::string after_power_cut(const Entry& entry, Random& random) const;

    static inline Disk* current_ = nullptr;
    std::filesystem::path folder_;
    std::map<ino_t, std::string> synced_files_;
    Image synced_folders_;  ///< their entries' bytes are not kept here
    Image at_death_;
    std::uint64_t left_ = 0;  ///< 0: not to die
    std::uint64_t syncs_ = 0;
    bool dead_ = false, others_turn_ = false;
    int failing_ = 0;
};

}  // namespace dockerext::sim
