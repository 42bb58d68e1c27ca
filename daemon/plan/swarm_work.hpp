#pragma once

#include "plan/parts_work.hpp"
#include "plan/swarm_addresses.hpp"
#include "plan/swarm_planner.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dockerext::plan {

/// All inputs of one plan for the machine's place in the swarm, and the plan under construction.
struct SwarmWork : PartsWork {
    const model::SwarmDesired& desired;
    const model::ObservedSwarm& observed;
    const model::SwarmHistory& history;
    const model::WallTime wall_now;
    const model::SwarmRole role;  ///< that the settings ask for
    model::SwarmRecord record = history.record;
    std::optional<SwarmAddresses> addresses{};       ///< set before the machine becomes a member
    bool is_member = false, nobody_answers = false;  ///< as in SwarmPlan
    /// What of the swarm differs from the settings and is left to people.
    std::vector<std::string> notes{};
};

inline const model::Subject membership_part = part("swarm");
inline const model::Subject own_node_part = part("swarm.node");
inline const model::Subject cluster_part = part("swarm.cluster");

/// "w1 (4v2c8…)", with the whole id, because names are not unique.
std::string node_name(const model::ObservedNode& node);

/// "a manager with engine 26.1.5 cannot …"; "" if a manager with engine `own` may join managers whose leader
/// has engine `leader`, or if a version is unknown.
std::string engine_mismatch(const std::string& own, const std::string& leader);

}  // namespace dockerext::plan
