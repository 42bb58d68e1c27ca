#pragma once

#include "model/plan.hpp"

namespace dockerext::plan {

/// Plans the work that turns the observed state into the desired state. Pure: no clock, no I/O, no log; the
/// same values give the same plan, in the same order. Plans no step for a subject that is busy or backing
/// off. The plan is empty when nothing is desired.
model::Plan make_plan(const model::Desired& desired, const model::Observed& observed,
                      const model::History& history, model::SteadyTime now);

/// Whether at least one step can run now, that is, waits for no condition.
bool has_runnable(const model::Plan& plan);

}  // namespace dockerext::plan
