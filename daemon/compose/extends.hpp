#pragma once

#include "compose/assemble.hpp"

namespace dockerext::compose {

/// Merges each service that `extends` another one, in this file or another, over that one.
void apply_extends(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics);

}  // namespace dockerext::compose
