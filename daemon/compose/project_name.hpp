#pragma once

#include "compose/diagnostics.hpp"
#include "compose/interpolate.hpp"

#include <string>

namespace dockerext::compose {

/// COMPOSE_PROJECT_NAME of the environment, which must be fit for a name; else `name` of the document (null
/// when not given), made fit; else "compose".
std::string project_name(const Node& root, const Node* name, const Environment& environment,
                         Diagnostics& diagnostics);

}  // namespace dockerext::compose
