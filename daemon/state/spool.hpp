#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::state {

/// The daemon's end of the spool. Opens entries relative to the folder's descriptor, follows no links, and
/// takes only regular files that root (or our own user) owns, with a single link and of a bounded size;
/// anything else goes to rejected/.
class Spool {
public:
    struct Entry {
        std::string name;
        model::Envelope envelope;
    };

    /// Creates the folders (0700) and removes from tmp/ what a crash left, but not files that are being
    /// written.
    static Result<Spool> open(std::filesystem::path folder);

    /// The entries in new/, oldest first, after rejecting everything that is not an envelope. Returns at most
    /// 64 entries and 8 MiB at a time (but at least one entry), so the caller takes and removes entries until
    /// there are no more. After an error, try again later. An entry that a newer version has written stays in
    /// new/ as long as it is the newest.
    Result<std::vector<Entry>> list();
    /// Why the last `list` left the newest entry for a newer version; "" if it did not.
    const std::string& newer_entry() const noexcept { return newer_entry_reason_; }
    /// Removes an entry that was taken or superseded.
    Result<> remove(const std::string& name);
    /// Moves the entry to rejected/, with its reason beside it (NAME.reason); keeps only the newest 20.
    Result<> reject(const std::string& name, std::string_view reason);

    /// The folder to watch for new entries.
    std::filesystem::path incoming() const { return folder_ / "new"; }

private:
    /// An entry of a newer version.
    struct NewerEntry {
        std::string name, reason;
    };

    Spool(std::filesystem::path folder, UniqueFd incoming, UniqueFd rejected)
        : folder_(std::move(folder)), new_(std::move(incoming)), rejected_(std::move(rejected)) {}
    void reject_and_log(const std::string& name, const std::string& reason);
    void supersede(std::optional<NewerEntry>& newer_entry);

    std::filesystem::path folder_;
    UniqueFd new_;
    UniqueFd rejected_;
    std::string newer_entry_reason_;
};

}  // namespace dockerext::state
