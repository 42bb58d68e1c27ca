#include "engine/volumes.hpp"

#include "base/url.hpp"
#include "engine/api_call.hpp"

namespace dockerext::engine {
Task<Result<JsonDocument>> list_volumes(Client& client) {
    HttpRequest request{"GET", "/volumes", {}, {}};
    return get_json(client, std::move(request), "list volumes");
}

Task<Result<>> create_volume(Client& client, std::string body) {
    HttpRequest request{"POST", "/volumes/create", std::move(body), {}};
    return send_command(client, std::move(request), limits::create, 0, "create volume");
}

Task<Result<>> remove_volume(Client& client, std::string name) {
    HttpRequest request{"DELETE", "/volumes/" + percent_encoded(name), {}, {}};
    return send_command(client, std::move(request), limits::remove, http_not_found, "remove volume " + name);
}

}  // namespace dockerext::engine
