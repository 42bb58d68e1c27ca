#pragma once

#include "engine/client.hpp"

#include <string>

/// /exec of the Engine API.
namespace dockerext::engine {

/// Runs a command in a running container to its end; `body` is that of POST /containers/{id}/exec. Fails when
/// it ends with another code than 0, or takes longer than limits::hook.
Task<Result<>> run_in_container(Client& client, std::string id, std::string body);

}  // namespace dockerext::engine
