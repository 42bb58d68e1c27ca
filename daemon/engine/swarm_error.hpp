#pragma once

#include "base/error.hpp"
#include "base/redactor.hpp"

namespace dockerext::engine {

/// The error of a call about the swarm in this program's terms, because the engine answers nearly everything
/// with 500 or 503. For this room only. The kind is
/// - conflict if the swarm is not in the state that the call needs: changed meanwhile, not a manager, part of
///   a swarm already, a quorum that would be lost, a name that is taken, an object that is in use or gone;
/// - not_found if the machine is part of no swarm, or there is no such node;
/// - invalid_input for a join token or an unlock key that is refused;
/// - timeout for a join that the engine goes on with by itself;
/// - unavailable without a leader or quorum, while the swarm is locked, and for everything else.
Error swarm_error(const Error& error, const Redactor& redact);

}  // namespace dockerext::engine
