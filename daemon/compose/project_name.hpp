#pragma once

#include "compose/diagnostics.hpp"
#include "compose/interpolate.hpp"

#include <string>
#include <string_view>

namespace dockerext::compose {

/// Lower case, without the characters that a project name must not contain; "" if nothing is left.
std::string normalized_name(std::string_view text);

/// COMPOSE_PROJECT_NAME of the environment, which must be a valid name; else the document's `name` (null when
/// not given), made valid; else "compose".
std::string project_name(const Node& root, const Node* name, const Environment& environment,
                         Diagnostics& diagnostics);

}  // namespace dockerext::compose
