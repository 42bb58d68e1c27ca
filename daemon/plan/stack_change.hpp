#pragma once

#include "model/plan.hpp"

#include <string>

namespace dockerext::plan {

/// A difference at a path of a ServiceSpec ("TaskTemplate.ContainerSpec.User") in the words and units of a
/// Compose model.
model::Change stack_change(const std::string& path, const std::string& have, const std::string& want);

}  // namespace dockerext::plan
