#pragma once

#include "compose/assemble.hpp"

namespace dockerext::compose {

/// Gives each service that `extends` another, here or in another file, what that one says and it does not.
void apply_extends(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics);

}  // namespace dockerext::compose
