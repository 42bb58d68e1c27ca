#pragma once

#include "model/plan.hpp"
#include "model/status.hpp"
#include "model/swarm.hpp"

#include <optional>
#include <vector>

namespace dockerext::plan {

/// What to do about this machine's place in the swarm, and the status of the parts "swarm" (membership),
/// "swarm.node" (this node's role, availability and labels) and "swarm.cluster" (the swarm's own settings).
struct SwarmPlan {
    model::Plan plan;
    std::vector<model::PartStatus> parts;
    model::SwarmRecord record;    ///< to be on disk before the first step, and also if there is none
    bool is_member = false;       ///< of the swarm that the settings mean
    bool nobody_answers = false;  ///< no manager to join through does: counts for SwarmHistory::attempts
};

/// Never plans a second swarm: once the settings have held tokens, or this machine was a member, it only
/// joins. Plans to leave only for a join of its own that has not become a membership, and for a departure.
/// The settings name at least one manager.
SwarmPlan plan_swarm(const model::SwarmDesired& desired, const model::ObservedSwarm& observed,
                     const model::SwarmHistory& history, model::SteadyTime now, model::WallTime wall_now);

bool has_token(const model::SwarmAccess& access);

/// The status of "swarm" when the settings have no swarm (any more): what this daemon has made of the machine
/// and leaves as it is; nullopt if that is nothing.
std::optional<model::PartStatus> left_membership(const model::ObservedSwarm& observed,
                                                 const model::SwarmRecord& record);

}  // namespace dockerext::plan
