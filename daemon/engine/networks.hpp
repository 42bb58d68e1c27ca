#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <string>

/// /networks of the Engine API.
namespace dockerext::engine {

/// GET /networks: every network. The caller must search them, because the API's filters also match parts of
/// names.
Task<Result<JsonDocument>> list_networks(Client& client);
/// POST /networks/create; returns the new id.
Task<Result<std::string>> create_network(Client& client, std::string body);
/// DELETE /networks/{id}. Already gone counts as done.
Task<Result<>> remove_network(Client& client, std::string id);
/// POST /networks/{id}/connect.
Task<Result<>> connect_network(Client& client, std::string id, std::string body);
/// POST /networks/{id}/disconnect, forced. Not connected counts as done.
Task<Result<>> disconnect_network(Client& client, std::string id, std::string container);

}  // namespace dockerext::engine
