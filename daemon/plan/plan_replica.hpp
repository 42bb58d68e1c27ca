#pragma once

#include "plan/replica.hpp"
#include "plan/slots.hpp"

namespace dockerext::plan {

/// Decides which strategy applies to a replica, and lets it plan its steps. `containers` are those of the
/// replica's slot.
void plan_replica(const Replica& replica, const Containers& containers);

}  // namespace dockerext::plan
