#include "engine/nodes.hpp"

#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/response.hpp"
#include "engine/swarm_call.hpp"

namespace dockerext::engine {
namespace {

std::string path_of_node(std::string_view id) { return "/nodes/" + percent_encoded(id); }

}  // namespace

Task<Result<JsonDocument>> list_nodes(Client& client) { return query_swarm(client, "/nodes", "list nodes"); }

Task<Result<Node>> inspect_node(Client& client, std::string id) {
    const std::string doing = "inspect node " + id;
    const auto json = co_await query_swarm(client, path_of_node(id), doing);
    if (!json) co_return json.error();
    const auto version = object_in(json->root(), "Version");
    const auto spec = object_in(json->root(), "Spec");
    if (!version || !spec)
        co_return Error(ErrorKind::unavailable, "the engine's answer has no Version or Spec").within(doing);
    const std::int64_t index = integer_in(*version, "Index");
    co_return Node{.version = static_cast<std::uint64_t>(index), .spec = spec->text()};
}

Task<Result<>> update_node(Client& client, std::string id, std::uint64_t version, std::string spec) {
    const std::string target = path_of_node(id) + "/update?version=" + std::to_string(version);
    HttpRequest request{"POST", target, std::move(spec), {}};
    return change_swarm(client, std::move(request), 0, "update node " + id);
}

Task<Result<>> remove_node(Client& client, std::string id) {
    HttpRequest request{"DELETE", path_of_node(id), {}, {}};
    return change_swarm(client, std::move(request), http_not_found, "remove node " + id);
}

}  // namespace dockerext::engine
