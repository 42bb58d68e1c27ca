#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/swarm.hpp"

namespace dockerext::settings {

/// Reads swarm.address-pool, an array of {"base", "size"} as in daemon.json's default-address-pools. A swarm
/// has one size for all pools, which do not overlap.
void read_address_pools(const JsonCursor& array, model::SwarmSettings& swarm, Problems& problems);

}  // namespace dockerext::settings
