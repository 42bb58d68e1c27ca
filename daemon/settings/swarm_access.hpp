#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/swarm.hpp"

namespace dockerext::settings {

/// Reads the member `swarm` of the protected document. An empty text counts as absent, because templates with
/// empty parameters write it. What is not valid is passed on, too, so that it is hidden. No problem repeats a
/// value.
model::SwarmAccess read_swarm_access(const JsonCursor& swarm, Problems& problems);

}  // namespace dockerext::settings
