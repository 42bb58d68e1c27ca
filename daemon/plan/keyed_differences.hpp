#pragma once

#include "plan/differences.hpp"

namespace dockerext::plan {

/// Compares the fields with keys of their own: "environment.HOME", "labels.tier", "volumes./data". Never
/// shows the values of environment variables.
void find_keyed_differences(const Expectation& expected, const model::ObservedContainer& container,
                            std::vector<Difference>& found);

}  // namespace dockerext::plan
