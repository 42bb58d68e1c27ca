#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <string>

/// /volumes of the Engine API.
namespace dockerext::engine {

/// GET /volumes: {"Volumes": [...]}.
Task<Result<JsonDocument>> list_volumes(Client& client);
/// POST /volumes/create. A volume that already exists with the same driver counts as done.
Task<Result<>> create_volume(Client& client, std::string body);
/// DELETE /volumes/{name}. Already gone counts as done.
Task<Result<>> remove_volume(Client& client, std::string name);

}  // namespace dockerext::engine
