#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <string>

/// /networks of the Engine API.
namespace dockerext::engine {

/// GET /networks: every network. The caller must search them, because the API's filters also match parts of
/// names.
Task<Result<JsonDocument>> list_networks(Client& client);
/// The same on a manager: it waits until the swarm's leader has told its networks. swarm_error.hpp has the
/// kinds of the errors.
Task<Result<JsonDocument>> list_swarm_networks(Client& client);
/// POST /networks/create; returns the new id.
Task<Result<std::string>> create_network(Client& client, std::string body);
/// DELETE /networks/{id}. Already gone counts as done. Fails with `conflict` if a service or task of a swarm
/// uses it.
Task<Result<>> remove_network(Client& client, std::string id);
/// POST /networks/{id}/connect.
Task<Result<>> connect_network(Client& client, std::string id, std::string body);
/// POST /networks/{id}/disconnect, forced. Not connected counts as done.
Task<Result<>> disconnect_network(Client& client, std::string id, std::string container);

}  // namespace dockerext::engine
