#include "systemd/journal.hpp"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace dockerext::systemd {
namespace {

constexpr std::size_t entries_read = 500;
constexpr std::size_t bytes_of_field = 64U << 10;  ///< read in full, because redaction comes before cutting
constexpr std::size_t bytes_kept = 4096;

struct JournalClose {
    void operator()(sd_journal* journal) const { sd_journal_close(journal); }
};
using Journal = std::unique_ptr<sd_journal, JournalClose>;

int match(sd_journal* journal, const std::string& field_and_value) {
    return sd_journal_add_match(journal, field_and_value.data(), field_and_value.size());
}

/// The journal, filtered for lines of the unit's processes and of systemd about the unit: from systemd
/// itself, or from its child process before that executes the unit's program.
Journal open_at_the_end(const std::string& unit) {
    sd_journal* raw = nullptr;
    if (sd_journal_open(&raw, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM) < 0) return nullptr;
    Journal journal(raw);
    const bool ready = sd_journal_set_data_threshold(raw, bytes_of_field) >= 0 &&
                       match(raw, "_SYSTEMD_UNIT=" + unit) >= 0 && sd_journal_add_disjunction(raw) >= 0 &&
                       match(raw, "UNIT=" + unit) >= 0 && match(raw, "_UID=0") >= 0 &&
                       sd_journal_seek_tail(raw) >= 0;
    return ready ? std::move(journal) : nullptr;
}

/// The field's value; "" if the entry does not have the field.
std::string field(sd_journal* journal, const char* name) {
    const void* data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, name, &data, &size) < 0) return {};
    const std::string_view whole(static_cast<const char*>(data), size);
    return std::string(whole.substr(std::min(whole.find('=') + 1, size)));
}

std::string invocation_of(sd_journal* journal, LogLine::Source source) {
    return field(journal, source == LogLine::Source::systemd ? "INVOCATION_ID" : "_SYSTEMD_INVOCATION_ID");
}

LogLine line_of(sd_journal* journal, LogLine::Source source, const Redactor& redact) {
    return {redact(field(journal, "MESSAGE")).substr(0, bytes_kept), source,
            std::atoi(field(journal, "PRIORITY").c_str())};
}

}  // namespace

FailureLines recent_failure_lines(const std::string& unit, const LogSpan& span, const Redactor& redact) {
    using namespace std::chrono;
    const auto begin = duration_cast<microseconds>(span.since.time_since_epoch()).count();
    const Journal journal = open_at_the_end(unit);
    std::vector<LogLine> lines;
    while (journal && lines.size() < entries_read && sd_journal_previous(journal.get()) > 0) {
        std::uint64_t when = 0;
        if (sd_journal_get_realtime_usec(journal.get(), &when) < 0) break;
        if (when < static_cast<std::uint64_t>(begin)) break;
        const bool by_systemd = field(journal.get(), "UNIT") == unit;
        const auto source = by_systemd ? LogLine::Source::systemd : LogLine::Source::unit;
        const std::string invocation = invocation_of(journal.get(), source);
        if (!span.excluded_invocation.empty() && invocation == span.excluded_invocation) continue;
        lines.push_back(line_of(journal.get(), source, redact));
    }
    std::reverse(lines.begin(), lines.end());
    return failure_lines(lines);
}

Result<std::vector<std::string>> kernel_lines(const std::vector<std::string>& phrases,
                                              const std::vector<std::string>& subjects, WallTime since,
                                              const std::stop_token& stop) {
    constexpr std::size_t max_entries = 20'000, max_lines = 50;
    const auto begin =
        std::chrono::duration_cast<std::chrono::microseconds>(since.time_since_epoch()).count();
    sd_journal* raw = nullptr;
    if (const int r = sd_journal_open(&raw, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM); r < 0)
        return Error::from_errno(-r, "open the journal");
    const Journal journal(raw);
    (void)match(raw, "_TRANSPORT=kernel");
    (void)match(raw, "_TRANSPORT=audit");
    if (const int r = sd_journal_seek_tail(raw); r < 0) return Error::from_errno(-r, "read the journal");
    std::vector<std::string> lines;
    for (std::size_t count = 0; lines.size() < max_lines; ++count) {
        if (count == max_entries || stop.stop_requested()) {
            if (lines.empty())
                return Error(ErrorKind::unavailable, "the kernel has written too much to search it all");
            break;
        }
        std::uint64_t when = 0;
        const bool is_entry = sd_journal_previous(raw) > 0 && sd_journal_get_realtime_usec(raw, &when) >= 0;
        if (!is_entry || when < static_cast<std::uint64_t>(begin)) break;
        std::string line = field(raw, "MESSAGE");
        const auto is_in_line = [&](const std::string& phrase) {
            return line.find(phrase) != std::string::npos;
        };
        if (std::any_of(phrases.begin(), phrases.end(), is_in_line) &&
            std::any_of(subjects.begin(), subjects.end(), is_in_line))
            lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace dockerext::systemd
