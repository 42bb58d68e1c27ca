#pragma once

#include "model/plan.hpp"

namespace dockerext::plan {

/// The difference between wanted and found as work. Pure: no clock, no I/O, no log; the same values give
/// the same plan, in the same order. Runs nothing for a subject that is busy or backing off. Nothing desired
/// gives an empty plan.
model::Plan make_plan(const model::Desired& desired, const model::Observed& observed,
                      const model::History& history, model::SteadyTime now);

/// Whether some step waits for nothing that is yet to become true.
bool has_runnable(const model::Plan& plan);

}  // namespace dockerext::plan
