#pragma once

#include "base/json_cursor.hpp"
#include "model/plan.hpp"

#include <vector>

namespace dockerext::plan {

/// What of the ServiceSpec `have`, as the engine shows it, differs from `want`, under the names that a
/// Compose model has for it. A member that is absent equals one with the value that the engine gives it then.
/// Both refer to networks in the same way.
std::vector<model::Change> stack_differences(const JsonCursor& have, const JsonCursor& want);

}  // namespace dockerext::plan
