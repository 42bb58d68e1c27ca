#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/desired.hpp"

namespace dockerext::settings {

/// The member `reconcile`; what it does not say keeps its default.
model::ReconcilePolicy read_reconcile(const JsonCursor& reconcile, Problems& problems);

}  // namespace dockerext::settings
