#include "state/journal_replay.hpp"

#include "base/overloaded.hpp"
#include "state/journal_line.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace dockerext::state {
namespace {

/// What does not change while the step is under way.
bool begins_within(const HistoryQuery& query, const JournalEntry& entry) {
    return entry.time >= query.since && entry.time < query.until &&
           (query.service.empty() || entry.service == query.service);
}

}  // namespace

bool matches(const HistoryQuery& query, const JournalEntry& entry) {
    using enum JournalEntry::Status;
    const bool has_failed = entry.status == failed || entry.status == interrupted;
    return begins_within(query, entry) && (has_failed || !query.failed_only);
}

void JournalReplay::add(std::string_view text) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        add_line(line);
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
}

void JournalReplay::add_line(std::string_view line) {
    auto parsed = from_line(line);
    if (!parsed) return;
    std::visit(overloaded{[this](JournalEntry& entry) {
                              next_id_ = std::max(next_id_, entry.id + 1);
                              if (!begins_within(query_, entry)) return;
                              const bool may_fail =
                                  query_.failed_only && entry.status == JournalEntry::Status::under_way;
                              const bool is_new = entries_.emplace(entry.id, std::move(entry)).second;
                              if (may_fail && is_new) ++under_way_;
                              more_ = drop_oldest(entries_, query_.limit + under_way_) || more_;
                          },
                          [this](JournalEnding& ending) {
                              const auto found = entries_.find(ending.id);
                              if (found == entries_.end()) return;
                              const bool may_have_failed =
                                  query_.failed_only &&
                                  found->second.status == JournalEntry::Status::under_way;
                              if (may_have_failed) --under_way_;
                              found->second.status = ending.status;
                              found->second.error = std::move(ending.error);
                              found->second.took = ending.took;
                              if (!matches(query_, found->second)) entries_.erase(found);
                          }},
               *parsed);
}

void JournalReplay::add(JournalEntry entry) {
    entries_.erase(entry.id);
    if (matches(query_, entry)) entries_.emplace(entry.id, std::move(entry));
}

HistoryPage JournalReplay::take() {
    std::erase_if(entries_, [this](const auto& each) { return !matches(query_, each.second); });
    HistoryPage page;
    for (auto& [id, entry] : entries_) page.entries.push_back(std::move(entry));
    const std::size_t excess = page.entries.size() - std::min(page.entries.size(), query_.limit);
    page.entries.erase(page.entries.begin(), page.entries.begin() + static_cast<std::ptrdiff_t>(excess));
    page.more = more_ || excess > 0;
    return page;
}

bool drop_oldest(std::map<std::uint64_t, JournalEntry>& entries, std::size_t kept) {
    const std::size_t before = entries.size();
    for (auto entry = entries.begin(); entries.size() > kept && entry != entries.end();) {
        entry =
            entry->second.status == JournalEntry::Status::under_way ? std::next(entry) : entries.erase(entry);
    }
    return entries.size() < before;
}

}  // namespace dockerext::state
