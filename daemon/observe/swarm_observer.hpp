#pragma once

#include "engine/client.hpp"
#include "model/swarm.hpp"

namespace dockerext::observe {

/// What this machine is in a swarm, from GET /info; on a manager also GET /nodes. Only the machine's
/// addresses and, while it is in no swarm, whether the managers of the settings accept connections (except
/// for itself) come from elsewhere. If a manager cannot list the nodes, ObservedSwarm::nodes_error says why.
/// Fails if the engine does not answer otherwise. Takes up to 2 s for managers that do not answer, and 20 s
/// while a manager has lost its leader. `settings` outlive the call.
Task<Result<model::ObservedSwarm>> observe_swarm(engine::Client& client,
                                                 const model::SwarmSettings& settings);

}  // namespace dockerext::observe
