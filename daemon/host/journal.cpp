#include "host/journal.hpp"

#include "host/plain_text.hpp"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

namespace dockerext::host {
namespace {

constexpr std::size_t entries_read = 500;
constexpr std::size_t lines_told = 10;
constexpr std::size_t bytes_told = 2048;

struct JournalClose {
    void operator()(sd_journal* journal) const { sd_journal_close(journal); }
};
using Journal = std::unique_ptr<sd_journal, JournalClose>;

Journal open_at_the_end(const std::string& unit) {
    sd_journal* raw = nullptr;
    if (sd_journal_open(&raw, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM) < 0) return nullptr;
    Journal journal(raw);
    const std::string match = "_SYSTEMD_UNIT=" + unit;
    const bool ready = sd_journal_set_data_threshold(raw, 2 * bytes_told) >= 0 &&
                       sd_journal_add_match(raw, match.data(), match.size()) >= 0 &&
                       sd_journal_seek_tail(raw) >= 0;
    return ready ? std::move(journal) : nullptr;
}

std::string message_of(sd_journal* journal) {
    constexpr std::string_view field = "MESSAGE=";
    const void* data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, "MESSAGE", &data, &size) < 0 || size < field.size()) return {};
    return std::string(static_cast<const char*>(data) + field.size(), size - field.size());
}

/// Without the `time="…" ` that containerd and dockerd begin with.
std::string_view without_time(std::string_view line) {
    constexpr std::string_view begin = "time=\"";
    if (!line.starts_with(begin)) return line;
    const std::size_t end = line.find("\" ", begin.size());
    return end == std::string_view::npos ? line : line.substr(end + 2);
}

bool tells_of_failure(std::string_view line) {
    const std::size_t level = line.find("level=");
    if (level == std::string_view::npos) return true;
    const std::string_view word = line.substr(level + 6);
    return word.starts_with("error") || word.starts_with("fatal") || word.starts_with("panic");
}

}  // namespace

std::string words_of_failure(const std::vector<std::string>& lines) {
    const bool any = std::any_of(lines.begin(), lines.end(), tells_of_failure);
    std::vector<std::string_view> chosen;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const std::string_view words = without_time(*line);
        const bool said = std::find(chosen.begin(), chosen.end(), words) != chosen.end();
        if (!said && (!any || tells_of_failure(*line))) chosen.push_back(words);
    }
    std::string text;
    for (auto words = chosen.rbegin(); words != chosen.rend(); ++words) text.append(*words) += '\n';
    return last_lines(plain_text(text), lines_told, bytes_told);
}

std::string last_words(const std::string& unit, std::chrono::system_clock::time_point since) {
    using namespace std::chrono;
    const auto begin = duration_cast<microseconds>(since.time_since_epoch()).count();
    const Journal journal = open_at_the_end(unit);
    std::vector<std::string> lines;
    while (journal && lines.size() < entries_read && sd_journal_previous(journal.get()) > 0) {
        std::uint64_t when = 0;
        if (sd_journal_get_realtime_usec(journal.get(), &when) < 0) break;
        if (when < static_cast<std::uint64_t>(begin)) break;
        lines.push_back(message_of(journal.get()));
    }
    std::reverse(lines.begin(), lines.end());
    return words_of_failure(lines);
}

}  // namespace dockerext::host
