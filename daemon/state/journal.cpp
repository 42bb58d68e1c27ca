#include "state/journal.hpp"

#include "base/disk_sync.hpp"
#include "base/log.hpp"
#include "base/off_loop.hpp"
#include "base/regular_file.hpp"
#include "state/folder.hpp"
#include "state/journal_line.hpp"
#include "state/journal_replay.hpp"
#include "state/sealed.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <utility>

namespace dockerext::state {
namespace {

using Status = JournalEntry::Status;

constexpr std::size_t kept_entries = 1000;
constexpr std::size_t rotate_at = std::size_t{1} << 20;
constexpr unsigned older_files = 10;
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
    journal.replay();
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

std::filesystem::path Journal::older(unsigned number) const {
    return file_.string() + "." + std::to_string(number);
}

/// The two newest files have all that must be known. One that is not a journal is renamed.
void Journal::replay() {
    JournalReplay replay({.limit = kept_entries});
    for (const std::filesystem::path& file : {older(1), file_}) {
        auto text = read(file);
        if (text) {
            replay.add(*text);
            if (file == file_) torn_ = !text->empty() && !text->ends_with('\n');
        } else if (text.error().kind() != ErrorKind::not_found) {
            log::warning("cannot read the journal " + file.native() + "; set aside",
                         {{"FILE", file.native()}, {"ERROR", text.error().message()}});
            const std::string aside = file.string() + ".damaged";
            (void)::rename(file.c_str(), aside.c_str());  // if this fails, opening the file reports why
        }
    }
    recent_ = replay.entries();
    next_id_ = replay.next_id();
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
    if (auto written = append(to_line(entry)); !written) return written.error();
    recent_.emplace(id, std::move(entry));
    drop_oldest(recent_, kept_entries);
    return id;
}

Task<Result<>> Journal::on_disk() {
    const Result<> synced = co_await sync_.sync(fd_);
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
    return append(line);
}

Result<> Journal::append(std::string line) {
    if (size_ + line.size() > rotate_at) (void)rotate();  // if it fails, the next line tries again
    if (torn_) line.insert(0, 1, '\n');
    const auto written = write_all(fd_, line);
    torn_ = !written;
    if (written) size_ += line.size();
    const bool known = failure_.has_value();
    failure_.reset();
    if (!written) failure_ = written.error().within("journal '" + file_.string() + "'");
    if (failure_ && !known) return *failure_;
    return {};
}

/// An empty line is skipped when it is read.
void Journal::retry() {
    if (failure_) (void)append("\n");
}

/// The file becomes the first of the older ones, and the last of them is lost. Steps under way are written
/// again to the new file, which outlives the older one.
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
    for (unsigned number = older_files; number > 0; --number) {
        const std::filesystem::path from = number == 1 ? file_ : older(number - 1);
        if (::rename(from.c_str(), older(number).c_str()) != 0 && errno != ENOENT)
            return last_error("rename", from);
    }
    if (::rename(fresh.c_str(), file_.c_str()) != 0) return last_error("rename", fresh);
    fd_ = std::move(fd);
    size_ = lines.size();
    torn_ = false;
    return sync_folder(file_.parent_path());
}

std::vector<JournalEntry> Journal::recent() const {
    std::vector<JournalEntry> entries;
    for (const auto& [id, entry] : recent_) entries.push_back(entry);
    return entries;
}

/// The oldest first. Once they are open, a rotation does not change what is read.
std::vector<UniqueFd> Journal::open_all() const {
    std::vector<UniqueFd> files;
    for (unsigned number = older_files + 1; number-- > 0;) {
        auto fd = open_regular(AT_FDCWD, number == 0 ? file_ : older(number));
        if (fd) files.push_back(std::move(*fd));
    }
    return files;
}

Task<Result<HistoryPage>> Journal::find(HistoryQuery query) const {
    JournalReplay in_memory(query);
    for (const auto& [id, entry] : recent_) in_memory.add(entry);
    HistoryPage page = in_memory.take();
    if (page.more) co_return page;
    const auto files = std::make_shared<std::vector<UniqueFd>>(open_all());  // std::function wants to copy
    std::function<Result<HistoryPage>(std::stop_token)> reading =
        [query, files, recent = recent()](const std::stop_token& stop) -> Result<HistoryPage> {
        JournalReplay replay(query);
        for (const UniqueFd& file : *files) {
            if (stop.stop_requested()) break;
            if (const auto text = read_all(file, state_file_limit)) replay.add(*text);
        }
        for (const JournalEntry& entry : recent) replay.add(entry);
        return replay.take();
    };
    auto finding = off_loop(std::move(reading));
    co_return co_await std::move(finding);
}

}  // namespace dockerext::state
