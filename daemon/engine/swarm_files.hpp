#pragma once

#include "base/json_document.hpp"
#include "base/secret.hpp"
#include "engine/client.hpp"

#include <string>

/// /configs and /secrets of the Engine API: files that the swarm stores, and gives to tasks. Only a manager
/// answers. swarm_error.hpp has the kinds of the errors; none contains the content of a file.
namespace dockerext::engine {

enum class SwarmFile { config, secret };

/// GET /configs, GET /secrets: all of the swarm.
Task<Result<JsonDocument>> list_swarm_files(Client& client, SwarmFile kind);

/// POST /configs/create, POST /secrets/create. `name` is the one in `body`; `content` is in it, too. Fails
/// with `conflict` if there is one of that name.
Task<Result<>> create_swarm_file(Client& client, SwarmFile kind, std::string name, Secret body,
                                 Secret content);

/// DELETE /configs/{id}, DELETE /secrets/{id}. Already gone counts as done. Fails with `conflict` if a
/// service uses it.
Task<Result<>> remove_swarm_file(Client& client, SwarmFile kind, std::string id);

}  // namespace dockerext::engine
