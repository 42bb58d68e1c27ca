#pragma once

#include "compose/load.hpp"
#include "compose/project.hpp"

namespace dockerext::compose {

/// Converts a resolved and consistent project to what the engine is asked for, including Compose's labels.
model::Project to_model(const Project& project, const Input& input);

}  // namespace dockerext::compose
