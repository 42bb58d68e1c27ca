#pragma once

#include "compose/load.hpp"
#include "compose/project.hpp"

namespace dockerext::compose {

/// A resolved and consistent project as the engine will be asked for it, Compose's labels included.
model::Project to_model(const Project& project, const Input& input);

}  // namespace dockerext::compose
