#pragma once

#include "model/status.hpp"
#include "state/journal.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dockerext::page {

/// What happened to a service in one go: a few steps, one soon after the other.
struct Episode {
    enum class Kind { created, repaired, replaced, removed, failed, under_way };
    Kind kind = Kind::repaired;
    model::WallTime begin, end;
    std::string text;       ///< "start demo-web-1: not running"
    bool is_first = false;  ///< it creates a container, and in place of none
};
constexpr auto names_of(Episode::Kind) {
    using enum Episode::Kind;
    return enum_names<Episode::Kind>({{created, "created"},
                                      {repaired, "repaired"},
                                      {replaced, "replaced"},
                                      {removed, "removed"},
                                      {failed, "failed"},
                                      {under_way, "under way"}});
}

/// How a service was from one time to another, as far as the actions and its present state tell.
struct Phase {
    enum class Kind { running, working, failed, absent, unknown };
    Kind kind = Kind::running;
    model::WallTime begin, end;
    bool operator==(const Phase&) const = default;
};
constexpr auto names_of(Phase::Kind) {
    using enum Phase::Kind;
    return enum_names<Phase::Kind>({{running, "running"},
                                    {working, "being changed"},
                                    {failed, "not well"},
                                    {absent, "not there"},
                                    {unknown, "unknown"}});
}

struct Timeline {
    std::string service;
    std::vector<Episode> episodes;
    std::vector<Phase> phases;  ///< without gaps, over the whole period
};

struct Period {
    model::WallTime begin, end;  ///< `end` is now
};

/// Of the services of `status`, then of others that `entries` (oldest first) name, which are gone.
std::vector<Timeline> timelines(const model::Status& status, std::span<const state::JournalEntry> entries,
                                Period period);

/// A time on the axis, with its label: "06:00", or "01-31" for midnight.
struct Tick {
    model::WallTime time;
    std::string label;
};
/// At most six, at round times in UTC.
std::vector<Tick> ticks(Period period);

}  // namespace dockerext::page
