#pragma once

#include "model/status.hpp"

namespace dockerext::plan {

/// How each service stands, judged by the same rules as the plan. `plan` was made from the other arguments.
/// `wall_now` and `now` are one moment on two clocks; they turn the next attempt into a time of day.
std::vector<model::ServiceStatus> assess(const model::Desired& desired, const model::Observed& observed,
                                         const model::History& history, const model::Plan& plan,
                                         model::SteadyTime now, model::WallTime wall_now);

}  // namespace dockerext::plan
