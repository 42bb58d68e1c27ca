#pragma once

#include "plan/replica.hpp"

namespace dockerext::plan {

/// For a successor that runs, or is about to: once it has held, the old container is removed, and the
/// successor takes its name.
void finish_replacement(const Replica& replica, const model::ObservedContainer& old,
                        const model::ObservedContainer& successor);

}  // namespace dockerext::plan
