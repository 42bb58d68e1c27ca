#pragma once

#include "base/json_document.hpp"
#include "base/secret.hpp"
#include "engine/client.hpp"

#include <string>

/// The two forms of calls about the swarm and its nodes. For this room only. swarm_error.hpp has the kinds of
/// their errors.
namespace dockerext::engine {

/// A query, answered with JSON. `doing` begins the message of every error. No error quotes the answer, which
/// may hold a token.
Task<Result<JsonDocument>> query_swarm(Client& client, std::string target, std::string doing);

/// A command; its answer is ignored. `secret` is in its body, and is hidden in the error.
Task<Result<>> change_swarm(Client& client, HttpRequest request, unsigned also_accepted, std::string doing,
                            Secret secret = {});

}  // namespace dockerext::engine
