#pragma once

#include "compose/assemble.hpp"

namespace dockerext::compose {

/// Brings in what the files under `include` define, which may be nothing that the document defines otherwise.
void apply_includes(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics);

}  // namespace dockerext::compose
