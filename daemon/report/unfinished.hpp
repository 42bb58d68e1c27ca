#pragma once

#include "report/azure_status.hpp"
#include "state/report_target.hpp"

#include <optional>

/// How long the work as a whole has not been done, across restarts of the daemon. Without it, a daemon that
/// restarts now and then would report "transitioning" forever, and Azure would end the deployment without a
/// reason.
namespace dockerext::report {

/// What to store of `complaints`: `kept` itself while it is accurate enough, so that there is at most one
/// write a minute, and none after the time limit.
std::optional<state::Unfinished> unfinished(const Complaints& complaints, model::SteadyTime now,
                                            model::WallTime wall,
                                            const std::optional<state::Unfinished>& kept);

/// The complaints to start with. The wall clock shows how long the daemon was away, but may have been set: a
/// negative time counts as none, and more than five minutes count as five.
Complaints complaints_of(const state::Unfinished& kept, model::SteadyTime now, model::WallTime wall);

}  // namespace dockerext::report
