#pragma once

#include "model/status.hpp"

namespace dockerext::plan {

/// The status of each service, judged by the same rules as the plan. `plan` was made from the other
/// arguments. `wall_now` and `now` are the same moment on two clocks; together they turn the time of the next
/// attempt into a time of day.
std::vector<model::ServiceStatus> assess(const model::Desired& desired, const model::Observed& observed,
                                         const model::History& history, const model::Plan& plan,
                                         model::SteadyTime now, model::WallTime wall_now);

}  // namespace dockerext::plan
