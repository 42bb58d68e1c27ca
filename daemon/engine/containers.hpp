#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <chrono>
#include <map>
#include <optional>
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

/// The running containers that publish `port` of this machine: "8080/tcp".
Task<Result<std::vector<ContainerSummary>>> list_containers_publishing(Client& client, std::string port);
/// GET /containers/json?all=1: all containers.
Task<Result<std::vector<ContainerSummary>>> list_containers(Client& client);
/// Only those of this image, or of an image that is made from it.
Task<Result<std::vector<ContainerSummary>>> list_containers_of_image(Client& client, std::string image);
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
struct LogQuery {
    std::optional<unsigned> lines;                                           ///< the last ones; nullopt: all
    std::optional<std::chrono::sys_time<std::chrono::nanoseconds>> after{};  ///< only what was written later
    bool timestamps =
        false;  ///< each line begins with the time of its writing, as RFC 3339 in UTC, and a space
    std::size_t limit = std::size_t{1} << 20;  ///< of bytes: the newest
};
/// GET /containers/{id}/logs: both streams, as text, redacted (engine/log_text.hpp). Does not hold more than
/// the limit in memory.
Task<Result<std::string>> container_logs(Client& client, std::string id, LogQuery query);

}  // namespace dockerext::engine
