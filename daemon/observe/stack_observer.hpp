#pragma once

#include "engine/client.hpp"
#include "model/stack.hpp"

namespace dockerext::observe {

/// The services of a stack, and all configs, secrets and networks of the swarm that it may use: a call for
/// each kind, and one for the tasks if fewer run than wanted. Fails as a whole: with `conflict` if the
/// machine is not a manager, with `unavailable` without a leader (after 20 s) and for an answer that cannot
/// be read.
Task<Result<model::ObservedStack>> observe_stack(engine::Client& client, model::ProjectName stack);

}  // namespace dockerext::observe
