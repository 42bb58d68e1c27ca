#pragma once

#include "plan/replica.hpp"

#include <vector>

/// For a container that differs in what only a new container puts right. The successor is created first. The
/// old container is stopped as late as possible, and kept until the successor has held; if the successor
/// fails, the old container is rolled back to. A crash may interrupt this at any point: the next plan
/// continues from the observed state alone.
namespace dockerext::plan {

/// Returns false when the container cannot be replaced now, or must not be.
bool replace_stop_first(const Replica& replica, const model::ObservedContainer& old,
                        const std::vector<model::Change>& changes);

/// Continues when the successor is complete and does not run.
void start_successor(const Replica& replica, const model::ObservedContainer& old,
                     const model::ObservedContainer& successor);

}  // namespace dockerext::plan
