#pragma once

#include "base/json_cursor.hpp"
#include "model/observed.hpp"

#include <vector>

namespace dockerext::observe {

/// GET /networks.
Result<std::vector<model::ObservedNetwork>> read_networks(const JsonCursor& list);
/// GET /volumes.
Result<std::vector<model::ObservedVolume>> read_volumes(const JsonCursor& list);

}  // namespace dockerext::observe
