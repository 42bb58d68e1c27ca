#pragma once

#include "report/azure_status.hpp"
#include "state/report_target.hpp"

#include <optional>

/// How long the whole has not been done for, across restarts: or a daemon that is restarted now and then
/// would be under way for ever, and Azure would end it without a reason.
namespace dockerext::report {

/// What is to be kept of `complaints`: `kept` itself while that says enough, so that there is at most a write
/// a minute, and none once it is late.
std::optional<state::Unfinished> unfinished(const Complaints& complaints, model::SteadyTime now,
                                            model::WallTime wall,
                                            const std::optional<state::Unfinished>& kept);

/// What to begin with. The wall clock tells how long the daemon was away, but may have been set: a time
/// before is none, and more than five minutes are five.
Complaints complaints_of(const state::Unfinished& kept, model::SteadyTime now, model::WallTime wall);

}  // namespace dockerext::report
