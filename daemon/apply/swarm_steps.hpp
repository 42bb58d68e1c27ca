#pragma once

#include "engine/client.hpp"
#include "model/plan.hpp"

/// The operations on a swarm that take more than one call: an update replaces the whole Spec and names the
/// version that it is based on. Fails with `conflict` if somebody else changed it in between.
namespace dockerext::apply {

Task<Result<>> update_node(engine::Client& client, model::UpdateNode update);
Task<Result<>> update_swarm(engine::Client& client, model::UpdateSwarm update);

}  // namespace dockerext::apply
