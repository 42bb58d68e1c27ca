#pragma once

#include "compose/assemble.hpp"

namespace dockerext::compose {

/// Adds what the files under `include` define. They must not define anything differently from the document.
void apply_includes(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics);

}  // namespace dockerext::compose
