#pragma once

#include "plan/dependencies.hpp"
#include "plan/replica.hpp"

#include <vector>

/// For a container that differs in what only a new container puts right. The successor is created first. With
/// stop-first, the old container is stopped just before the successor starts, and kept until it has held;
/// with start-first, the old one runs until then. If the successor fails, the old container is rolled back
/// to. A crash may interrupt this at any point: the next plan continues from the observed state alone.
namespace dockerext::plan {

/// What the container that replaces `old` waits for.
StartOf start_of(const Replica& replica, const model::ObservedContainer& old);

/// Returns false when the container cannot be replaced now, or must not be.
bool replace(const Replica& replica, const model::ObservedContainer& old,
             const std::vector<model::Change>& changes);

/// Continues when the successor is complete and does not run.
void start_successor(const Replica& replica, const model::ObservedContainer& old,
                     const model::ObservedContainer& successor);

}  // namespace dockerext::plan
