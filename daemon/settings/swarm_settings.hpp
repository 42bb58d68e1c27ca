#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/swarm.hpp"

namespace dockerext::settings {

/// Reads the member `swarm` of the public document.
model::SwarmSettings read_swarm(const JsonCursor& swarm, Problems& problems);

}  // namespace dockerext::settings
