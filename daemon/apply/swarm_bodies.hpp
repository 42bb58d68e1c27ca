#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"
#include "model/plan.hpp"

#include <string>
#include <string_view>

/// Request bodies for a swarm and its nodes, as `docker swarm` and `docker node` send them.
namespace dockerext::apply {

/// POST /swarm/init.
std::string init_swarm_body(const model::InitSwarm& init);
/// POST /swarm/join.
Secret join_swarm_body(const model::JoinSwarm& join);

/// The present Spec of a node or of the swarm, as the engine gave it, with the changes. What the update does
/// not name stays, because the engine takes a missing field for its default.
Result<std::string> changed_spec(std::string_view spec, const model::UpdateNode& update);
Result<std::string> changed_spec(std::string_view spec, const model::UpdateSwarm& update);

}  // namespace dockerext::apply
