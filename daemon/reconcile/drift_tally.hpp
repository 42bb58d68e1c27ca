#pragma once

#include "model/plan.hpp"
#include "report/counters.hpp"

#include <set>

namespace dockerext::reconcile {

/// Counts drift: a subject that was as desired, and is not any more under the same settings. What new
/// settings change is not drift.
class DriftTally {
public:
    /// The settings have changed, so that nothing is known to be as desired.
    void clear() { as_desired_.clear(); }
    /// Takes in a plan. `present` are the subjects that exist; those that `plan` does not mention and that
    /// are not `busy` are as desired.
    void plan_made(const model::Plan& plan, const std::set<model::Subject>& present,
                   const std::set<model::Subject>& busy, report::Counters& counters);

private:
    std::set<model::Subject> as_desired_;
};

}  // namespace dockerext::reconcile
