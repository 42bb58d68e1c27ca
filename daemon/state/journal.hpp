#pragma once

#include "base/error.hpp"
#include "base/task.hpp"
#include "base/unique_fd.hpp"
#include "model/plan.hpp"
#include "state/shared_sync.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::state {

/// One step that was carried out or is under way. Fit for people: secrets are hidden already.
struct JournalEntry {
    enum class Status { under_way, done, failed, interrupted };
    std::uint64_t id = 0;
    std::uint64_t cycle = 0;
    model::WallTime time;  ///< when the step began
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

/// Selects entries.
struct HistoryQuery {
    model::WallTime since{};                         ///< they began then or later
    model::WallTime until = model::WallTime::max();  ///< and before this time
    std::string service{};                           ///< "": all, and what belongs to none
    bool failed_only = false;                        ///< or interrupted
    std::size_t limit = 1000;                        ///< the newest
};
struct HistoryPage {
    std::vector<JournalEntry> entries;  ///< newest last
    bool more = false;                  ///< older ones match, too
};

/// An append-only file of steps, one checksummed JSON line each, of 1 MiB at most, and ten older ones: at
/// least the last 10 MiB are kept. Torn or broken lines are skipped; all others are read. Used only on the
/// daemon's thread.
class Journal {
public:
    /// Fails only if the journal cannot be written at all: a file that is not a journal is renamed to
    /// journal.damaged. Entries that were under way when the last process ended become `interrupted`, and
    /// this is recorded.
    static Result<Journal> open(const std::filesystem::path& folder);

    /// Records the start of a step and returns its id; the caller sets `time`. Texts are cut to 1 KiB.
    Result<std::uint64_t> begin(JournalEntry entry);
    /// Waits until all recorded starts are on disk; required before a step that is not idempotent. Steps that
    /// start at the same time share one sync, and nothing else waits for it.
    Task<Result<>> on_disk();
    /// Records how the step ended. A write failure is returned once (also by `begin`, which then starts
    /// nothing); after that the journal continues in memory until writing succeeds again.
    Result<> end(std::uint64_t id, JournalEntry::Status status, std::string error,
                 std::chrono::milliseconds took);

    /// All of the last 1,000 entries, newest last.
    std::vector<JournalEntry> recent() const;
    /// Reads the files, on a thread of its own, unless the last 1,000 entries suffice. `cancelled`, or
    /// `unavailable` if no thread can be created.
    Task<Result<HistoryPage>> find(HistoryQuery query) const;
    /// Why the last write failed; none if it succeeded.
    const std::optional<Error>& failure() const noexcept { return failure_; }
    /// Tries to write again if the last write failed.
    void retry();
    /// The steps that the last process left under way.
    const std::vector<JournalEntry>& interrupted() const noexcept { return interrupted_; }

private:
    explicit Journal(const std::filesystem::path& folder) : file_(folder / "journal") {}
    std::filesystem::path older(unsigned number) const;
    std::vector<UniqueFd> open_all() const;
    void replay();
    Result<> open_for_writing();
    Result<> append(std::string line);
    Result<> rotate();

    std::filesystem::path file_;
    UniqueFd fd_;
    SharedSync sync_;
    std::size_t size_ = 0;
    bool torn_ = false;             ///< the file may end in an incomplete line
    std::optional<Error> failure_;  ///< of the last write; a caller was informed
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, JournalEntry> recent_;
    std::vector<JournalEntry> interrupted_;
};

}  // namespace dockerext::state
