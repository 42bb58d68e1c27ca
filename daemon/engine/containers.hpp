#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

/// /containers of the Engine API. The callers (rooms apply and observe) write and parse the JSON bodies.
namespace dockerext::engine {

struct ContainerSummary {
    std::string id;
    std::string image_id;
    std::vector<std::string> names;  ///< without the leading slash
    std::map<std::string, std::string> labels;
    std::string state;                  ///< "running", "exited", …
    std::vector<std::string> networks;  ///< ids of those to which it is, or was when it last ran, connected
};

/// GET /containers/json?all=1. `label` filters: "com.docker.compose.project=demo"; "" returns all.
Task<Result<std::vector<ContainerSummary>>> list_containers(Client& client, std::string label);
/// GET /containers/{id}/json; `id` may be a name. `not_found` if it does not exist.
Task<Result<JsonDocument>> inspect_container(Client& client, std::string id);
/// POST /containers/create; returns the new id. `platform`: "linux/arm64", or "" for the image's.
Task<Result<std::string>> create_container(Client& client, std::string name, std::string body,
                                           std::string platform = {});
/// POST /containers/{id}/start. Already running counts as done.
Task<Result<>> start_container(Client& client, std::string id);
/// POST /containers/{id}/stop with the container's own grace period; `grace` only sets the deadline. Already
/// stopped counts as done.
Task<Result<>> stop_container(Client& client, std::string id, std::chrono::seconds grace);
Task<Result<>> restart_container(Client& client, std::string id, std::chrono::seconds grace);
Task<Result<>> unpause_container(Client& client, std::string id);
Task<Result<>> rename_container(Client& client, std::string id, std::string name);
/// POST /containers/{id}/update.
Task<Result<>> update_container(Client& client, std::string id, std::string body);
/// PUT /containers/{id}/archive: unpacks a tar at the root of a running or stopped container.
enum class Owners { root, of_archive };
Task<Result<>> put_archive(Client& client, std::string id, std::string tar, Owners owners);
/// DELETE /containers/{id}?force=1, volumes kept. Already gone, or being removed, counts as done.
Task<Result<>> remove_container(Client& client, std::string id);
/// GET /containers/{id}/logs: the last `lines` of both streams, as text, redacted; of these the newest
/// `limit` bytes (engine/log_text.hpp). Does not hold more in memory.
Task<Result<std::string>> container_logs(Client& client, std::string id, unsigned lines, std::size_t limit);

}  // namespace dockerext::engine
