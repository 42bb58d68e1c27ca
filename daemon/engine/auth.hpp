#pragma once

#include "base/secret.hpp"
#include "engine/client.hpp"

#include <string>

namespace dockerext::engine {

/// POST /auth: has the engine verify a login with a registry. `server` is its key (model/registry.hpp).
/// `invalid_input` if the registry refuses the login, `unavailable` if it cannot be asked. No error contains
/// the password.
Task<Result<>> verify_login(Client& client, std::string server, std::string username, Secret password);

}  // namespace dockerext::engine
