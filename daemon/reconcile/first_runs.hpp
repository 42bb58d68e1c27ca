#pragma once

#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"

#include <map>
#include <set>
#include <string>

/// How services fail that have no old container to fall back on.
namespace dockerext::reconcile {

/// The slots whose container replaces none and has failed before its run was proven (`proven`: the containers
/// of which one has been), and why: it exited, keeps being restarted, is unhealthy, or was not healthy in
/// time. What the engine refuses to start is tried twice.
std::map<model::Subject, std::string> failed_first_runs(const model::Project& project,
                                                        const model::Observed& observed,
                                                        const model::History& history,
                                                        const std::set<model::ContainerId>& proven,
                                                        model::SteadyTime now);

}  // namespace dockerext::reconcile
