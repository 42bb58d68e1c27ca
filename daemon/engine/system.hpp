#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

namespace dockerext::engine {

/// GET /_ping: whether the engine answers at all. Takes none of the engine's locks.
Task<Result<>> ping(Client& client);
/// GET /info.
Task<Result<JsonDocument>> info(Client& client);

}  // namespace dockerext::engine
