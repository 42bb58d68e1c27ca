#pragma once

#include "base/secret.hpp"
#include "engine/client.hpp"

#include <string>

namespace dockerext::engine {

/// POST /auth: has the engine ask a registry whether it knows these. `server` is its key
/// (model/registry.hpp). `invalid_input` when it does not, `unavailable` when it could not be asked. The
/// password is in no error.
Task<Result<>> verify_login(Client& client, std::string server, std::string username, Secret password);

}  // namespace dockerext::engine
