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

/// Puts new settings into the spool: written to tmp/, synced, renamed into new/. The folder is made if
/// absent. For the bringers (CLI, shim); the daemon need not be running. `invalid_input` for what the daemon
/// would not take.
Result<> spool_settings(const std::filesystem::path& spool, const model::Envelope& envelope);

/// The daemon's end. Entries are opened relative to the folder's descriptor, without following links, and
/// taken only if regular, owned by root (or by us), with a single link and of a bounded size; anything else
/// goes to rejected/.
class Spool {
public:
    struct Entry {
        std::string name;
        model::Envelope envelope;
    };

    /// Makes the folders (0700) and clears tmp/ of what a crash left; what is being written just now stays.
    static Result<Spool> open(std::filesystem::path folder);

    /// What is in new/, oldest first; what is no envelope has been rejected already. At most 64 entries and 8
    /// MiB at a time (but one at least), so the caller takes and removes until none is left. An error means:
    /// try again later. What a newer version has written stays where it is while it is the newest.
    Result<std::vector<Entry>> list();
    /// Why the newest entry is left for a newer version, as of the last `list`; "" when it is not.
    const std::string& left() const noexcept { return left_; }
    /// The entry has been taken over (or is superseded) and goes.
    Result<> remove(const std::string& name);
    /// The entry moves to rejected/ with its reason beside it (NAME.reason); the oldest beyond 20 go.
    Result<> reject(const std::string& name, std::string_view reason);

    /// What to watch for new entries.
    std::filesystem::path incoming() const { return folder_ / "new"; }

private:
    /// An entry of a newer version.
    struct NewerEntry {
        std::string name, reason;
    };

    Spool(std::filesystem::path folder, UniqueFd incoming, UniqueFd rejected)
        : folder_(std::move(folder)), new_(std::move(incoming)), rejected_(std::move(rejected)) {}
    void turn_away(const std::string& name, const std::string& reason);
    void supersede(std::optional<NewerEntry>& left);

    std::filesystem::path folder_;
    UniqueFd new_;
    UniqueFd rejected_;
    std::string left_;
};

}  // namespace dockerext::state
