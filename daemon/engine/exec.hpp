#pragma once

#include "engine/client.hpp"

#include <string>

/// /exec of the Engine API.
namespace dockerext::engine {

/// Runs a command in a running container to its end; `body` is that of POST /containers/{id}/exec. Fails if
/// the exit code is not 0, or after limits::hook.
Task<Result<>> run_in_container(Client& client, std::string id, std::string body);

}  // namespace dockerext::engine
