#include "state/spool.hpp"

#include "base/disk_sync.hpp"
#include "base/folder.hpp"
#include "base/log.hpp"
#include "base/regular_file.hpp"
#include "state/envelope_json.hpp"
#include "state/folder.hpp"
#include "state/rejection.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

namespace dockerext::state {
namespace {

constexpr std::size_t batch_entries = 64;
constexpr std::size_t batch_bytes = std::size_t{8} << 20;

Error refused(std::string complaint) { return {ErrorKind::invalid_input, std::move(complaint)}; }

/// Does nothing while a process writes there: what is being written was not left by a crash.
void clear_tmp(const UniqueFd& tmp, const std::filesystem::path& path) {
    if (::flock(tmp.get(), LOCK_EX | LOCK_NB) != 0) return;
    std::vector<std::string> names;
    (void)each_name(tmp, [&names](std::string_view name) { names.emplace_back(name); });
    for (const std::string& name : names) {
        std::error_code ignored;  // what remains does no harm
        std::filesystem::remove_all(path / name, ignored);
    }
}

Result<> require_trusted(const UniqueFd& file) {
    struct stat file_stat = {};
    if (::fstat(file.get(), &file_stat) != 0) return Error::from_errno(errno, "fstat");
    if (file_stat.st_uid != 0 && file_stat.st_uid != ::geteuid()) {
        return refused("it belongs to user " + std::to_string(file_stat.st_uid) + ", not to root");
    }
    if ((file_stat.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refused("others than its owner can write to it");
    if (file_stat.st_nlink != 1) return refused("it has more than one name (hard link)");
    return {};
}

Result<model::Envelope> read_entry(const UniqueFd& folder, const std::string& name) {
    if (!is_plain_name(name)) return refused("its name has invalid characters");
    const auto file = open_regular(folder.get(), name);
    if (!file) return file.error();
    if (auto trusted = require_trusted(*file); !trusted) return trusted.error();
    auto bytes = read_all(*file, envelope_limit);
    if (!bytes) return bytes.error();
    return envelope_from(Secret(std::move(*bytes)).reveal());
}

std::size_t size_of(const model::Envelope& envelope) {
    return envelope.public_settings.size() + envelope.protected_settings.reveal().size();
}

/// The first names after `cursor`, however many there are.
Result<std::set<std::string>> names_after(const UniqueFd& folder, const std::string& cursor) {
    std::set<std::string> names;
    const auto add = [&](std::string_view name) {
        if (name <= cursor) return;
        if (names.size() == batch_entries && name >= *names.rbegin()) return;
        names.emplace(name);
        if (names.size() > batch_entries) names.erase(std::prev(names.end()));
    };
    if (auto read = each_name(folder, add); !read) return read.error();
    return names;
}

}  // namespace

Result<Spool> Spool::open(std::filesystem::path folder) {
    const auto spool = open_folder(folder, 0700);
    if (!spool) return spool.error();
    const auto tmp = open_folder(folder / "tmp", 0700);
    if (!tmp) return tmp.error();
    auto incoming = open_folder(folder / "new", 0700);
    if (!incoming) return incoming.error();
    auto rejected = open_folder(folder / "rejected", 0700);
    if (!rejected) return rejected.error();
    clear_tmp(*tmp, folder / "tmp");
    return Spool(std::move(folder), std::move(*incoming), std::move(*rejected));
}

Result<std::vector<Spool::Entry>> Spool::list() {
    std::vector<Entry> entries;
    std::size_t bytes = 0;
    std::string cursor;
    std::optional<NewerEntry> newer_entry;
    while (entries.empty()) {  // a whole batch may be rejected
        const auto names = names_after(new_, cursor);
        if (!names) return names.error().within("read the spool");
        if (names->empty()) break;
        for (const std::string& name : *names) {
            if (bytes >= batch_bytes) break;
            auto envelope = read_entry(new_, name);
            if (envelope) {
                supersede(newer_entry);
                bytes += size_of(*envelope);
                entries.push_back({name, std::move(*envelope)});
            } else if (envelope.error().kind() == ErrorKind::conflict) {
                supersede(newer_entry);
                newer_entry = {name, envelope.error().message()};
            } else if (envelope.error().kind() == ErrorKind::unavailable) {
                return envelope.error().within("read the spool");
            } else if (envelope.error().kind() != ErrorKind::not_found) {
                reject_and_log(name, envelope.error().message());
            }
        }
        cursor = *names->rbegin();
    }
    newer_entry_reason_ = newer_entry ? newer_entry->reason : "";
    return entries;
}

/// Rejects the entry `newer_entry`: if it were taken after the newer entries, it would bring back an old
/// state.
void Spool::supersede(std::optional<NewerEntry>& newer_entry) {
    if (newer_entry)
        reject_and_log(newer_entry->name, newer_entry->reason + "; superseded by newer settings");
    newer_entry.reset();
}

Result<> Spool::remove(const std::string& name) {
    if (::unlinkat(new_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
        return Error::from_errno(errno, "remove '" + name + "' from the spool");
    }
    // Otherwise a power cut could bring the entry back, and it would be taken again after newer ones.
    if (sync_file(new_.get()) != 0) return Error::from_errno(errno, "sync the spool");
    return {};
}

Result<> Spool::reject(const std::string& name, std::string_view reason) {
    const std::filesystem::path path = folder_ / "rejected";
    auto moved = move_to_rejected(new_, {path, rejected_}, name, reason);
    if (!moved) return moved.error().within("reject a spool entry");
    return {};
}

void Spool::reject_and_log(const std::string& name, const std::string& reason) {
    log::warning("rejected spool entry " + name, {{"ENTRY", name}, {"REASON", reason}});
    if (auto rejected = reject(name, reason); !rejected) {
        log::error("cannot move the rejected spool entry " + name,
                   {{"ENTRY", name}, {"ERROR", rejected.error().message()}});
    }
}

}  // namespace dockerext::state
