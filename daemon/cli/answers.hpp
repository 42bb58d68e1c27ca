#pragma once

#include "model/status.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::cli {

// The daemon's answers as values. Unknown members are ignored, because the daemon may be newer than the
// command.

/// One step of a plan.
struct PlannedStep {
    std::uint64_t id = 0;
    std::vector<std::uint64_t> after;
    std::string verb, object;
    model::Subject subject;
    std::string service, reason, waits_for;
    std::vector<model::Change> changes;
};

struct PlanAnswer {
    std::vector<PlannedStep> steps;
    std::vector<model::Held> held;
};

/// One step of the journal: under way, done or failed.
struct PastStep {
    model::WallTime time;
    std::string verb, object, service, reason;
    std::vector<model::Change> changes;
    state::JournalEntry::Status status = state::JournalEntry::Status::under_way;
    std::string error;
    std::chrono::milliseconds took{0};
};

/// Settings with which everything ran.
struct GoodSettings {
    unsigned number = 0;
    model::WallTime at;
    model::SettingsSource source = model::SettingsSource::by_operator;
    std::int64_t sequence = 0;
};

struct Explanation {
    model::ServiceStatus service;
    PlanAnswer plan;  ///< of this service only
    std::vector<PastStep> history;
};

/// The end of a pause without an end reads as WallTime::max().
Result<model::Status> parse_status(std::string_view json);
Result<PlanAnswer> parse_plan(std::string_view json);
Result<std::vector<PastStep>> parse_history(std::string_view json);
Result<Explanation> parse_explanation(std::string_view json);
Result<std::vector<GoodSettings>> parse_good(std::string_view json);

/// The body of a refusal: {"error": …, "problems": […]}.
struct Refusal {
    std::string error;
    std::vector<Problem> problems;
};
Result<Refusal> parse_refusal(std::string_view json);

}  // namespace dockerext::cli
