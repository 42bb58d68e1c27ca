#pragma once

#include "doctor/facts.hpp"
#include "model/finding.hpp"

#include <vector>

namespace dockerext::doctor {

/// The findings of all checks, by category.
std::vector<model::Finding> examine(const Facts& facts);

}  // namespace dockerext::doctor
