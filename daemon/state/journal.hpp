#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "model/plan.hpp"
#include "state/shared_sync.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::state {

/// What was done, or is being done: one step. Fit for people: secrets are hidden already.
struct JournalEntry {
    enum class Status { under_way, done, failed, interrupted };
    std::uint64_t id = 0;
    std::uint64_t cycle = 0;
    model::WallTime time;  ///< when it began
    std::string verb;      ///< model::verb
    model::Subject subject;
    std::string service;  ///< "" for none
    std::string object;   ///< "demo-web-1"
    std::string reason;
    std::vector<model::Change> changes;
    Status status = Status::under_way;
    std::string error;
    std::chrono::milliseconds took{0};
};

constexpr auto names_of(JournalEntry::Status) {
    using enum JournalEntry::Status;
    return enum_names<JournalEntry::Status>(
        {{under_way, "under way"}, {done, "done"}, {failed, "failed"}, {interrupted, "interrupted"}});
}

/// An append-only file of steps, a checksummed JSON line each, kept below about 2 MiB by rotation (one older
/// file). A torn or broken line is skipped; every whole one is read. On the daemon's thread.
class Journal {
public:
    /// Fails only when it cannot be written at all: a file that is no journal is set aside as
    /// journal.damaged. Entries that were under way when the last process ended come out `interrupted`, and
    /// are recorded as such.
    static Result<Journal> open(const std::filesystem::path& folder);

    /// Records the intent and gives it an id; `time` is the caller's. Texts are cut to 1 KiB.
    Result<std::uint64_t> begin(JournalEntry entry);
    /// Until all that has begun is on disk, as it must be before a step that is not idempotent. Steps that
    /// begin at the same time wait for one sync, and nothing else waits with them.
    Task<Result<>> on_disk();
    /// Records how it ended. A failure to write is returned once (by `begin` too, which then begins nothing)
    /// and the journal goes on in memory, until writing succeeds again.
    Result<> end(std::uint64_t id, JournalEntry::Status status, std::string error,
                 std::chrono::milliseconds took);

    /// Newest last; at most the last 1,000.
    std::vector<JournalEntry> since(model::WallTime time) const;
    /// What the last process left under way.
    const std::vector<JournalEntry>& interrupted() const noexcept { return interrupted_; }

private:
    explicit Journal(const std::filesystem::path& folder)
        : file_(folder / "journal"), older_(folder / "journal.1") {}
    void replay(const std::filesystem::path& file);
    void take(std::string_view line);
    Result<> open_for_writing();
    Result<> append(std::string line);
    Result<> rotate();
    void trim();

    std::filesystem::path file_;
    std::filesystem::path older_;
    UniqueFd fd_;
    SharedSync sync_;
    std::size_t size_ = 0;
    bool torn_ = false;     ///< the file may end in half a line
    bool failing_ = false;  ///< the last write failed, and its caller knows
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, JournalEntry> recent_;
    std::vector<JournalEntry> interrupted_;
};

}  // namespace dockerext::state
