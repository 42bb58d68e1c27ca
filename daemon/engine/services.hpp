#pragma once

#include "base/json_document.hpp"
#include "base/secret.hpp"
#include "engine/client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// /services and /tasks of the Engine API. Only a manager answers. swarm_error.hpp has the kinds of the
/// errors; none quotes a list. `auth` is the X-Registry-Auth header's value, with which the nodes pull the
/// image; it becomes part of the service.
namespace dockerext::engine {

/// GET /services: those of a stack, with their ServiceStatus (Engine API 1.41).
Task<Result<JsonDocument>> list_services(Client& client, std::string stack);

/// GET /tasks: those of the services with these ids, also the ones that have ended. `services` is not empty.
Task<Result<JsonDocument>> list_tasks(Client& client, std::vector<std::string> services);

/// POST /services/create. `spec` is a ServiceSpec; `name` is the one in it. Fails with `conflict` if there is
/// a service of that name.
Task<Result<>> create_service(Client& client, std::string name, std::string spec, std::optional<Secret> auth);

/// POST /services/{id}/update. Replaces the whole spec; without `auth`, the service keeps the one that it
/// has. Fails with `conflict` if `version` is not the present one, and with `not_found` if there is no such
/// service.
Task<Result<>> update_service(Client& client, std::string id, std::uint64_t version, std::string spec,
                              std::optional<Secret> auth);

/// DELETE /services/{id}. Already gone counts as done. The engine stops the tasks afterwards.
Task<Result<>> remove_service(Client& client, std::string id);

}  // namespace dockerext::engine
