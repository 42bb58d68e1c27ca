#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/desired.hpp"

namespace dockerext::settings {

/// Reads the member `reconcile`; absent members keep their defaults.
model::ReconcilePolicy read_reconcile(const JsonCursor& reconcile, Problems& problems);

}  // namespace dockerext::settings
