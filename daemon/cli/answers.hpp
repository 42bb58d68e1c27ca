#pragma once

#include "base/json_document.hpp"
#include "model/plan_listing.hpp"
#include "model/service_outline.hpp"
#include "model/status.hpp"
#include "model/swarm.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::cli {

// The daemon's answers as values. Unknown members are ignored, because the daemon may be newer than the
// command.

using model::PlannedStep;
using PlanAnswer = model::PlanListing;

/// Settings with which everything ran.
struct GoodSettings {
    unsigned number = 0;
    model::WallTime at;
    model::SettingsSource source = model::SettingsSource::by_operator;
    std::int64_t sequence = 0;
};

struct Explanation {
    model::ServiceStatus service;  ///< unless `object` is set
    PlanAnswer plan;               ///< of this one only
    std::vector<state::JournalEntry> history;
    std::optional<model::ObjectStatus> object{};  ///< a part, network, volume or image
};

Result<JsonDocument> parse_answer(std::string_view json);
/// A string member of the answer.
Result<std::string> text_in_answer(std::string_view json, std::string_view member);
/// The end of a pause without an end reads as WallTime::max().
Result<model::Status> parse_status(std::string_view json);
Result<PlanAnswer> parse_plan(std::string_view json);
Result<state::HistoryPage> parse_history(std::string_view json);
Result<Explanation> parse_explanation(std::string_view json);
Result<std::vector<GoodSettings>> parse_good(std::string_view json);
Result<std::vector<model::ServiceOutline>> parse_project(std::string_view json);
/// What other machines need to join the swarm.
Result<model::SwarmAccess> parse_tokens(std::string_view json);

/// The body of a refusal: {"error": …, "problems": […]}.
struct Refusal {
    std::string error;
    std::vector<Problem> problems;
};
Result<Refusal> parse_refusal(std::string_view json);

}  // namespace dockerext::cli
