#include "state/journal.hpp"

#include "base/disk_sync.hpp"
#include "base/log.hpp"
#include "base/overloaded.hpp"
#include "base/regular_file.hpp"
#include "state/folder.hpp"
#include "state/journal_line.hpp"
#include "state/sealed.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace dockerext::state {
namespace {

using Status = JournalEntry::Status;

constexpr std::size_t kept_entries = 1000;
constexpr std::size_t rotate_at = std::size_t{1} << 20;
constexpr std::size_t text_limit = 1024;

Error last_error(std::string_view doing, const std::filesystem::path& path) {
    return Error::from_errno(errno, std::string(doing) + " '" + path.string() + "'");
}

void cut(std::string& text) {
    if (text.size() <= text_limit) return;
    std::size_t end = text_limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80)
        --end;  // do not cut within a character
    text.replace(end, std::string::npos, "…");
}

void cut_texts(JournalEntry& entry) {
    for (std::string* text : {&entry.object, &entry.reason}) cut(*text);
    for (model::Change& change : entry.changes) {
        for (std::string* text : {&change.field, &change.have, &change.want}) cut(*text);
    }
}

Result<std::string> read(const std::filesystem::path& path) {
    const auto fd = open_regular(AT_FDCWD, path);
    if (!fd) return fd.error();
    return read_all(*fd, state_file_limit);
}

}  // namespace

Result<Journal> Journal::open(const std::filesystem::path& folder) {
    Journal journal(folder);
    journal.replay(journal.older_);
    journal.replay(journal.file_);
    if (auto opened = journal.open_for_writing(); !opened) return opened.error().within("open the journal");
    for (const auto& [id, entry] : journal.recent_) {
        if (entry.status == Status::under_way) journal.interrupted_.push_back(entry);
    }
    for (JournalEntry& entry : journal.interrupted_) {
        // If the disk is full, this is not written, and the next process finds the entry under way again.
        (void)journal.end(entry.id, Status::interrupted, "", {});
        entry.status = Status::interrupted;
    }
    return journal;
}

/// Renames a file that is not a journal; otherwise reads it and skips broken lines.
void Journal::replay(const std::filesystem::path& file) {
    auto text = read(file);
    if (!text) {
        if (text.error().kind() == ErrorKind::not_found) return;
        log::warning("journal unreadable; set aside",
                     {{"FILE", file.native()}, {"ERROR", text.error().message()}});
        const std::string aside = file_.string() + ".damaged";
        (void)::rename(file.c_str(), aside.c_str());  // if this fails, opening the file reports why
        return;
    }
    for (std::string_view rest = *text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        replay_line(line);
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    if (file == file_) torn_ = !text->empty() && !text->ends_with('\n');
}

void Journal::replay_line(std::string_view line) {
    auto parsed = from_line(line);
    if (!parsed) return;
    std::visit(overloaded{[this](JournalEntry& entry) {
                              next_id_ = std::max(next_id_, entry.id + 1);
                              recent_.emplace(entry.id, std::move(entry));
                              trim();
                          },
                          [this](JournalEnding& ending) {
                              const auto found = recent_.find(ending.id);
                              if (found == recent_.end()) return;
                              found->second.status = ending.status;
                              found->second.error = std::move(ending.error);
                              found->second.took = ending.took;
                          }},
               *parsed);
}

Result<> Journal::open_for_writing() {
    fd_ = UniqueFd(
        ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!fd_) return last_error("open", file_);
    const off_t end = ::lseek(fd_.get(), 0, SEEK_END);
    if (end < 0) return last_error("seek", file_);
    size_ = static_cast<std::size_t>(end);
    return sync_folder(file_.parent_path());
}

Result<std::uint64_t> Journal::begin(JournalEntry entry) {
    const std::uint64_t id = entry.id = next_id_++;  // never reused, even if only half of the line is written
    entry.status = Status::under_way;
    cut_texts(entry);
    if (auto written = append(to_line(entry)); !written) return written.error().within("journal");
    recent_.emplace(id, std::move(entry));
    trim();
    return id;
}

Task<Result<>> Journal::on_disk() {
    const Result<> synced = co_await sync_.sync(fd_.get());
    if (!synced) co_return synced.error().within("journal");
    co_return synced;
}

Result<> Journal::end(std::uint64_t id, Status status, std::string error, std::chrono::milliseconds took) {
    const auto found = recent_.find(id);
    if (found == recent_.end()) return Error(ErrorKind::not_found, "journal: no entry " + std::to_string(id));
    cut(error);
    const std::string line = to_line(JournalEnding{id, status, error, took});
    found->second.status = status;
    found->second.error = std::move(error);
    found->second.took = took;
    if (auto written = append(line); !written) return written.error().within("journal");
    return {};
}

Result<> Journal::append(std::string line) {
    if (size_ + line.size() > rotate_at) (void)rotate();  // if it fails, the next line tries again
    if (torn_) line.insert(0, 1, '\n');
    auto written = write_all(fd_, line);
    const bool known = std::exchange(failing_, !written);
    torn_ = !written;
    if (written) size_ += line.size();
    if (!written && !known) return written;
    return {};
}

/// The file becomes the older one. Steps under way are written again to the new file, which outlives the
/// older one.
Result<> Journal::rotate() {
    const std::filesystem::path fresh = file_.string() + ".tmp";
    UniqueFd fd(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) return last_error("open", fresh);
    std::string lines;
    for (const auto& [id, entry] : recent_) {
        if (entry.status == Status::under_way) lines += to_line(entry);
    }
    if (auto written = write_all(fd, lines); !written) return written;
    if (sync_data(fd.get()) != 0) return last_error("sync", fresh);
    if (::rename(file_.c_str(), older_.c_str()) != 0) return last_error("rename", file_);
    if (::rename(fresh.c_str(), file_.c_str()) != 0) return last_error("rename", fresh);
    fd_ = std::move(fd);
    size_ = lines.size();
    torn_ = false;
    return sync_folder(file_.parent_path());
}

/// Drops the oldest entries, except those under way.
void Journal::trim() {
    for (auto entry = recent_.begin(); recent_.size() > kept_entries && entry != recent_.end();) {
        entry = entry->second.status == Status::under_way ? std::next(entry) : recent_.erase(entry);
    }
}

std::vector<JournalEntry> Journal::since(model::WallTime time) const {
    std::vector<JournalEntry> entries;
    for (const auto& [id, entry] : recent_) {
        if (entry.time >= time) entries.push_back(entry);
    }
    return entries;
}

}  // namespace dockerext::state
