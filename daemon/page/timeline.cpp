#include "page/timeline.hpp"

#include "model/plan.hpp"
#include "page/page_texts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace dockerext::page {
namespace {

using namespace model;
using namespace std::chrono_literals;
using state::JournalEntry;
using Entries = std::vector<const JournalEntry*>;

WallTime end_of(const JournalEntry& entry, const Period& period) {
    if (entry.status == JournalEntry::Status::under_way) return period.end;
    return std::min(entry.time + entry.took, period.end);
}

bool has(const Entries& entries, const Operation& kind) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const JournalEntry* entry) { return entry->verb == verb(kind); });
}

bool has(const Entries& entries, JournalEntry::Status status) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const JournalEntry* entry) { return entry->status == status; });
}

bool ends_a_container(const Entries& entries) {
    return has(entries, StopContainer{}) || has(entries, RemoveContainer{});
}

Episode::Kind kind_of_episode(const Entries& entries) {
    using enum Episode::Kind;
    if (has(entries, JournalEntry::Status::failed) || has(entries, JournalEntry::Status::interrupted))
        return failed;
    if (has(entries, JournalEntry::Status::under_way)) return under_way;
    const bool ends = ends_a_container(entries);
    if (has(entries, CreateContainer{})) return ends ? replaced : created;
    return ends ? removed : repaired;
}

/// The entry that tells what the episode was about: the first that failed, else the first.
const JournalEntry& principal(const Entries& entries) {
    const auto failed = std::find_if(entries.begin(), entries.end(), [](const JournalEntry* entry) {
        return entry->status == JournalEntry::Status::failed;
    });
    return failed == entries.end() ? *entries.front() : **failed;
}

Episode episode_of(const Entries& entries, const Period& period) {
    WallTime end = entries.front()->time;
    for (const JournalEntry* entry : entries) end = std::max(end, end_of(*entry, period));
    const JournalEntry& about = principal(entries);
    const std::string error = about.error.empty() ? "" : "; error: " + about.error;
    return {kind_of_episode(entries), entries.front()->time, end,
            about.verb + " " + about.object + ": " + with_changes(about.reason, about.changes) + error,
            has(entries, CreateContainer{}) && !ends_a_container(entries)};
}

/// How long after the last step another one may begin that belongs to it. What ends the old container waits
/// until the new one has proven itself.
std::chrono::seconds longest_gap(const Entries& begun, const JournalEntry& next) {
    const bool ends = next.verb == verb(StopContainer{}) || next.verb == verb(RemoveContainer{}) ||
                      next.verb == verb(RenameContainer{});
    return ends && has(begun, CreateContainer{}) ? 15min : 15s;
}

/// Steps belong together if each begins soon after the one before, and if none is a second attempt.
std::vector<Episode> episodes_of(const Entries& entries, const Period& period) {
    std::vector<Episode> episodes;
    Entries begun;
    WallTime end;
    for (const JournalEntry* entry : entries) {
        const bool is_repeated = std::any_of(begun.begin(), begun.end(), [&](const JournalEntry* other) {
            return other->verb == entry->verb && other->object == entry->object;
        });
        if (!begun.empty() && (is_repeated || entry->time - end > longest_gap(begun, *entry))) {
            episodes.push_back(episode_of(begun, period));
            begun.clear();
        }
        begun.push_back(entry);
        end = std::max(end, end_of(*entry, period));
    }
    if (!begun.empty()) episodes.push_back(episode_of(begun, period));
    return episodes;
}

/// A service that still has containers after one was removed was scaled down.
Phase::Kind kind_after(const Episode& episode, bool is_gone) {
    switch (episode.kind) {
    case Episode::Kind::failed: return Phase::Kind::failed;
    case Episode::Kind::removed: return is_gone ? Phase::Kind::absent : Phase::Kind::running;
    case Episode::Kind::under_way: return Phase::Kind::working;
    case Episode::Kind::created:
    case Episode::Kind::repaired:
    case Episode::Kind::replaced: return Phase::Kind::running;
    }
    return Phase::Kind::unknown;
}

Phase::Kind kind_now(ServiceState state) {
    if (state == ServiceState::unknown) return Phase::Kind::unknown;
    if (is_converged(state)) return Phase::Kind::running;
    return is_degraded(state) ? Phase::Kind::failed : Phase::Kind::working;
}

/// Replaces everything from `phase.begin` on by `phase`.
void end_with(std::vector<Phase>& phases, const Phase& phase) {
    std::erase_if(phases, [&](const Phase& each) { return each.begin >= phase.begin; });
    if (!phases.empty()) phases.back().end = phase.begin;
    phases.push_back(phase);
}

/// Neighbours of the same kind become one.
std::vector<Phase> merged(const std::vector<Phase>& phases) {
    std::vector<Phase> out;
    for (const Phase& phase : phases) {
        if (phase.begin >= phase.end) continue;
        if (!out.empty() && out.back().kind == phase.kind) out.back().end = phase.end;
        else out.push_back(phase);
    }
    return out;
}

/// Before the first episode a service is taken to have run: otherwise there would have been an action. If
/// that one creates a container, it may be a new service, a replica more, or a container that somebody
/// removed.
std::vector<Phase> phases_of(const std::vector<Episode>& episodes, const ServiceStatus* service,
                             const Period& period) {
    const bool is_new = !episodes.empty() && episodes.front().is_first;
    std::vector<Phase> phases{
        {is_new ? Phase::Kind::unknown : Phase::Kind::running, period.begin, period.end}};
    for (auto episode = episodes.begin(); episode != episodes.end(); ++episode) {
        const auto next = std::next(episode);
        const bool is_gone = next == episodes.end() ? service == nullptr : next->is_first;
        end_with(phases, {Phase::Kind::working, std::max(episode->begin, period.begin), period.end});
        end_with(phases, {kind_after(*episode, is_gone), std::max(episode->end, period.begin), period.end});
    }
    if (service == nullptr) {
        if (!episodes.empty()) phases.back().kind = Phase::Kind::absent;
        return merged(phases);
    }
    const Phase::Kind now = kind_now(service->state);
    WallTime since = phases.back().begin;
    if (service->since && now != Phase::Kind::running) since = std::max(*service->since, period.begin);
    end_with(phases, {now, std::min(since, period.end), period.end});
    return merged(phases);
}

/// For at most six ticks.
std::chrono::seconds tick_step(const Period& period) {
    constexpr std::array<std::chrono::seconds, 17> steps{1s,    5s,      15s,     1min,     5min,    15min,
                                                         30min, 1h,      2h,      4h,       6h,      12h,
                                                         24h,   2 * 24h, 7 * 24h, 30 * 24h, 90 * 24h};
    for (const auto step : steps) {
        if ((period.end - period.begin) / step < 6) return step;
    }
    return std::chrono::ceil<std::chrono::days>((period.end - period.begin) / 5);
}

}  // namespace

std::vector<Timeline> timelines(const Status& status, std::span<const JournalEntry> entries, Period period) {
    std::map<std::string, Entries> by_service;
    for (const JournalEntry& entry : entries) {
        if (!entry.service.empty()) by_service[entry.service].push_back(&entry);
    }
    std::vector<Timeline> all;
    for (const ServiceStatus& service : status.services) {
        const auto found = by_service.extract(service.name.value);
        auto episodes = found ? episodes_of(found.mapped(), period) : std::vector<Episode>();
        auto phases = phases_of(episodes, &service, period);
        all.push_back({service.name.value, std::move(episodes), std::move(phases)});
    }
    for (const auto& [name, own] : by_service) {
        auto episodes = episodes_of(own, period);
        auto phases = phases_of(episodes, nullptr, period);
        all.push_back({name, std::move(episodes), std::move(phases)});
    }
    return all;
}

std::vector<Tick> ticks(Period period) {
    const auto step = tick_step(period);
    std::vector<Tick> all;
    auto time = std::chrono::ceil<std::chrono::seconds>(period.begin.time_since_epoch());
    time = (time + step - 1s) / step * step;
    for (; WallTime(time) <= period.end; time += step) {
        const bool is_midnight = time % std::chrono::days(1) == 0s;
        const std::string text = time_text(WallTime(time));  // "2024-01-31 12:00:00"
        const std::string clock = text.substr(11, step < 1min ? 8 : 5);
        all.push_back({WallTime(time), is_midnight ? text.substr(5, 5) : clock});
    }
    return all;
}

}  // namespace dockerext::page
