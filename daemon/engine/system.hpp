#pragma once

#include "base/json_document.hpp"
#include "base/secret.hpp"
#include "engine/client.hpp"

#include <string>

namespace dockerext::engine {

/// GET /_ping: whether the engine answers at all. Takes none of the engine's locks.
Task<Result<>> ping(Client& client);
/// GET /info. On a manager that has just lost its swarm's leader it takes 20 s: see limits::swarm_query.
Task<Result<JsonDocument>> info(Client& client, Limit limit = limits::inspect);

/// POST /auth: has the engine verify a login with a registry. `server` is its key, and `login` the
/// body of the request (model/registry.hpp). `invalid_input` if the registry refuses the login, `unavailable`
/// if it cannot be asked. No error contains the password.
Task<Result<>> verify_login(Client& client, std::string server, Secret login, Secret password);

}  // namespace dockerext::engine
