#include "page/timeline.hpp"

#include "page/timeline_drawing.hpp"
#include "support/noon.hpp"

#include <gtest/gtest.h>

namespace dockerext::page {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::noon;
using enum state::JournalEntry::Status;

constexpr Period period{noon - 24h, noon};

state::JournalEntry step(std::chrono::minutes ago, const std::string& verb,
                         state::JournalEntry::Status status = done, std::chrono::milliseconds took = 1s) {
    state::JournalEntry entry;
    entry.time = noon - ago;
    entry.verb = verb;
    entry.object = "web-1";
    entry.service = "web";
    entry.reason = "because";
    entry.status = status;
    entry.took = took;
    return entry;
}

Status status_with(ServiceState state, std::optional<WallTime> since = {}) {
    Status status;
    ServiceStatus web;
    web.name = {"web"};
    web.state = state;
    web.since = since;
    status.services.push_back(web);
    return status;
}

/// "replaced -60; running 1380, being changed 0, running 60": kinds and minutes.
std::string text_of(const std::vector<state::JournalEntry>& entries, const Status& status) {
    const auto all = timelines(status, entries, period);
    EXPECT_EQ(all.size(), 1U);
    std::string text;
    const auto minutes = [](auto time) {
        return std::to_string(std::chrono::round<std::chrono::minutes>(time).count());
    };
    for (const Episode& episode : all.front().episodes)
        text += std::string(to_string(episode.kind)) + " " + minutes(episode.begin - noon) + "; ";
    WallTime end = period.begin;
    for (const Phase& phase : all.front().phases) {
        EXPECT_EQ(phase.begin, end);
        end = phase.end;
        text += std::string(to_string(phase.kind)) + " " + minutes(phase.end - phase.begin) + ", ";
    }
    EXPECT_EQ(end, period.end);
    return text;
}

TEST(Timeline, ShowsWhatHappened) {
    const Status running = status_with(ServiceState::running);
    struct {
        std::vector<state::JournalEntry> entries;
        Status status;
        std::string text;
    } const rows[]{
        {{}, running, "running 1440, "},
        {{step(60min, "start")}, running, "repaired -60; running 1380, being changed 0, running 60, "},
        {{step(60min, "create"), step(60min, "start")},
         running,
         "created -60; unknown 1380, being changed 0, running 60, "},
        {{step(60min, "create"), step(60min, "stop"), step(60min, "start"), step(60min, "remove")},
         running,
         "replaced -60; running 1380, being changed 0, running 60, "},
        // The old container stays until the new one has proven itself.
        {{step(60min, "create"), step(60min, "start"), step(59min, "stop"), step(59min, "remove"),
          step(59min, "rename")},
         running,
         "replaced -60; running 1380, being changed 1, running 59, "},
        // The same step again is a second attempt.
        {{step(60min, "start", failed), step(60min, "start", failed)},
         status_with(ServiceState::failed),
         "failed -60; failed -60; running 1380, being changed 0, not well 60, "},
        {{step(60min, "start", failed), step(30min, "start")},
         running,
         "failed -60; repaired -30; running 1380, being changed 0, not well 30, being changed 0, running "
         "30, "},
        {{step(20min, "create", failed)},
         status_with(ServiceState::failed),
         "failed -20; unknown 1420, being changed 0, not well 20, "},
        // Steps in progress last until now.
        {{step(10min, "stop"), step(9min, "start", under_way)},
         status_with(ServiceState::pending),
         "removed -10; under way -9; running 1430, being changed 0, running 1, being changed 9, "},
        {{step(10min, "restart", under_way)}, running, "under way -10; running 1430, being changed 10, "},
        {{step(60min, "start")},
         status_with(ServiceState::failed, noon - 5min),
         "repaired -60; running 1380, being changed 0, running 55, not well 5, "},
        {{}, status_with(ServiceState::unknown, noon - 48h), "unknown 1440, "},
        {{}, status_with(ServiceState::waiting, noon + 1h), "running 1440, "},
        // A service that has left the settings.
        {{step(60min, "remove")}, {}, "removed -60; running 1380, being changed 0, not there 60, "},
    };
    for (const auto& row : rows) EXPECT_EQ(text_of(row.entries, row.status), row.text);
}

TEST(Timeline, IsToldInWords) {
    const std::vector<state::JournalEntry> entries{step(60min, "start", failed), step(50min, "start", failed),
                                                   step(40min, "start")};
    EXPECT_EQ(summary_of(timelines(status_with(ServiceState::running), entries, period).front()),
              "repaired once, failed twice; running for 23 h 40 min; not well for 20 min");
    EXPECT_EQ(summary_of(timelines(status_with(ServiceState::running), {}, period).front()),
              "no action; running for 1 d");
}

TEST(Ticks, AreFewAndAtRoundTimes) {
    struct {
        std::chrono::seconds length;
        std::string labels;
    } const rows[]{
        {24h, "12:00 18:00 01-31 06:00 12:00 "},
        {1h, "11:00 11:15 11:30 11:45 12:00 "},
        {4s, "11:59:56 11:59:57 11:59:58 11:59:59 12:00:00 "},
        {7 * 24h, "01-26 01-28 01-30 "},
        {0s, "12:00:00 "},
    };
    for (const auto& row : rows) {
        std::string labels;
        for (const Tick& tick : ticks({noon - row.length, noon})) labels += tick.label + " ";
        EXPECT_EQ(labels, row.labels);
    }
    for (auto length = 1s; length < 24h * 365 * 30; length = length * 3 / 2 + 1s)
        EXPECT_LE(ticks({noon - length, noon}).size(), 6U) << length.count();
}

}  // namespace
}  // namespace dockerext::page
