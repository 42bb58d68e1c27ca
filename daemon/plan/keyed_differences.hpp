#pragma once

#include "plan/differences.hpp"

namespace dockerext::plan {

/// The fields that have keys of their own: "environment.HOME", "labels.tier", "volumes./data". An
/// environment's values are never shown.
void find_keyed_differences(const Expectation& expected, const model::ObservedContainer& container,
                            std::vector<Difference>& found);

}  // namespace dockerext::plan
