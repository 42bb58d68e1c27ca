#pragma once

#include "plan/replica.hpp"

namespace dockerext::plan {

/// For a replica without a container: creates one and starts it. A job that has completed is left alone.
void create(const Replica& replica);

}  // namespace dockerext::plan
