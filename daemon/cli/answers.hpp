#pragma once

#include "model/status.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::cli {

// What the daemon answers, as values. Members that this version does not know are passed over: the daemon may
// be newer than the command.

/// One step of a plan.
struct PlannedStep {
    std::uint64_t id = 0;
    std::vector<std::uint64_t> after;
    std::string verb, object, subject, service, reason, waits_for;
    std::vector<model::Change> changes;
};

struct PlanAnswer {
    std::vector<PlannedStep> steps;
    std::vector<model::Held> held;
};

/// One step that was done or tried.
struct PastStep {
    model::WallTime time;
    std::string verb, object, service, reason;
    std::vector<model::Change> changes;
    state::JournalEntry::Status status = state::JournalEntry::Status::under_way;
    std::string error;
    std::chrono::milliseconds took{0};
};

struct Explanation {
    model::ServiceStatus service;
    PlanAnswer plan;  ///< of this service
    std::vector<PastStep> history;
};

/// A pause without an end comes out as WallTime::max().
Result<model::Status> parse_status(std::string_view json);
Result<PlanAnswer> parse_plan(std::string_view json);
Result<std::vector<PastStep>> parse_history(std::string_view json);
Result<Explanation> parse_explanation(std::string_view json);

/// {"error": …, "problems": […]} of a refusal.
struct Refusal {
    std::string error;
    std::vector<Problem> problems;
};
Result<Refusal> parse_refusal(std::string_view json);

}  // namespace dockerext::cli
