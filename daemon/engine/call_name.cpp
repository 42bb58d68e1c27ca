#include "engine/call_name.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace dockerext::engine {
namespace {

struct NamedCall {
    std::string_view call;  ///< "*" stands for an id or a name, of any number of segments
    std::string_view name;
};
constexpr std::array named_calls = {
    NamedCall{"GET /_ping", "ping"},
    NamedCall{"GET /version", "version"},
    NamedCall{"GET /info", "info"},
    NamedCall{"GET /events", "events"},
    NamedCall{"POST /auth", "login"},
    NamedCall{"POST /build", "image_build"},
    NamedCall{"GET /containers/json", "container_list"},
    NamedCall{"POST /containers/create", "container_create"},
    NamedCall{"DELETE /containers/*", "container_remove"},
    NamedCall{"GET /containers/*/json", "container_inspect"},
    NamedCall{"GET /containers/*/logs", "container_logs"},
    NamedCall{"PUT /containers/*/archive", "container_put_files"},
    NamedCall{"POST /containers/*/exec", "exec_create"},
    NamedCall{"POST /containers/*/rename", "container_rename"},
    NamedCall{"POST /containers/*/restart", "container_restart"},
    NamedCall{"POST /containers/*/start", "container_start"},
    NamedCall{"POST /containers/*/stop", "container_stop"},
    NamedCall{"POST /containers/*/unpause", "container_unpause"},
    NamedCall{"POST /containers/*/update", "container_update"},
    NamedCall{"POST /exec/*/start", "exec_start"},
    NamedCall{"GET /exec/*/json", "exec_inspect"},
    NamedCall{"GET /images/json", "image_list"},
    NamedCall{"POST /images/create", "image_pull"},
    NamedCall{"DELETE /images/*", "image_remove"},
    NamedCall{"GET /images/*/json", "image_inspect"},
    NamedCall{"GET /distribution/*/json", "image_digest"},
    NamedCall{"GET /networks", "network_list"},
    NamedCall{"POST /networks/create", "network_create"},
    NamedCall{"DELETE /networks/*", "network_remove"},
    NamedCall{"POST /networks/*/connect", "network_connect"},
    NamedCall{"POST /networks/*/disconnect", "network_disconnect"},
    NamedCall{"GET /nodes", "node_list"},
    NamedCall{"GET /nodes/*", "node_inspect"},
    NamedCall{"POST /nodes/*/update", "node_update"},
    NamedCall{"DELETE /nodes/*", "node_remove"},
    NamedCall{"GET /services", "service_list"},
    NamedCall{"POST /services/create", "service_create"},
    NamedCall{"POST /services/*/update", "service_update"},
    NamedCall{"DELETE /services/*", "service_remove"},
    NamedCall{"GET /tasks", "task_list"},
    NamedCall{"GET /configs", "config_list"},
    NamedCall{"POST /configs/create", "config_create"},
    NamedCall{"DELETE /configs/*", "config_remove"},
    NamedCall{"GET /secrets", "secret_list"},
    NamedCall{"POST /secrets/create", "secret_create"},
    NamedCall{"DELETE /secrets/*", "secret_remove"},
    NamedCall{"GET /swarm", "swarm_inspect"},
    NamedCall{"GET /swarm/unlockkey", "swarm_unlock_key"},
    NamedCall{"POST /swarm/init", "swarm_init"},
    NamedCall{"POST /swarm/join", "swarm_join"},
    NamedCall{"POST /swarm/leave", "swarm_leave"},
    NamedCall{"POST /swarm/unlock", "swarm_unlock"},
    NamedCall{"POST /swarm/update", "swarm_update"},
    NamedCall{"GET /volumes", "volume_list"},
    NamedCall{"POST /volumes/create", "volume_create"},
    NamedCall{"DELETE /volumes/*", "volume_remove"},
};

/// "/containers/4c01db0b339c/start?t=1" → "/containers/*/start", "/volumes/data" → "/volumes/*". There is one
/// swarm, without an id.
std::string pattern_of(std::string_view target) {
    const std::string_view path = target.substr(0, target.find('?'));
    const auto collection_end = path.find('/', 1);
    if (collection_end == std::string_view::npos || path.starts_with("/swarm/")) return std::string(path);
    const auto last = path.rfind('/');
    const std::string_view action = path.substr(last);
    std::string pattern(path.substr(0, collection_end));
    if (last != collection_end) return pattern.append("/*").append(action);
    return pattern.append(action == "/json" || action == "/create" ? action : "/*");
}

}  // namespace

std::string_view call_name(std::string_view method, std::string_view target) {
    const std::string call = std::string(method) + " " + pattern_of(target);
    const auto* const found = std::find_if(named_calls.begin(), named_calls.end(),
                                           [&](const NamedCall& each) { return each.call == call; });
    return found == named_calls.end() ? "other" : found->name;
}

}  // namespace dockerext::engine
