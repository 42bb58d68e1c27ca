#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

namespace dockerext::engine {

/// GET /info.
Task<Result<JsonDocument>> info(Client& client);

}  // namespace dockerext::engine
