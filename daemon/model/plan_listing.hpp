#pragma once

#include "model/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dockerext::model {

/// One step of a plan, as people see it.
struct PlannedStep {
    std::uint64_t id = 0;
    std::vector<std::uint64_t> after;
    std::string verb, object;
    Subject subject;
    std::string service, reason, waits_for;
    std::vector<Change> changes;
};

/// A plan, as people see it.
struct PlanListing {
    std::vector<PlannedStep> steps;
    std::vector<Held> held;
};

}  // namespace dockerext::model
