#pragma once

#include "plan/differences.hpp"
#include "plan/replica.hpp"

#include <vector>

namespace dockerext::plan {

/// For a container that can stay: repairs its name, networks, limits (`drift`) and state, and keeps its id.
/// Also for one that should be replaced and cannot be now: it is repaired as far as possible.
void repair_in_place(const Replica& replica, const model::ObservedContainer& container,
                     const Judgement& judgement, const std::vector<Difference>& drift);

}  // namespace dockerext::plan
