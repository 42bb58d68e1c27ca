#include "engine/services.hpp"

#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/swarm_call.hpp"

namespace dockerext::engine {
namespace {

std::string path_of_service(std::string_view id) { return "/services/" + percent_encoded(id); }

HttpRequest service_request(std::string target, std::string spec, const std::optional<Secret>& auth) {
    HttpRequest request{"POST", std::move(target), std::move(spec), {}};
    if (auth) request.headers.emplace_back("X-Registry-Auth", auth->reveal());
    return request;
}

}  // namespace

Task<Result<JsonDocument>> list_services(Client& client, std::string stack) {
    const std::string filters = filter_parameter("label", {"com.docker.stack.namespace=" + stack});
    return query_swarm(client, "/services?status=true&" + filters, "list services");
}

Task<Result<JsonDocument>> list_tasks(Client& client, std::vector<std::string> services) {
    return query_swarm(client, "/tasks?" + filter_parameter("service", services), "list tasks");
}

Task<Result<>> create_service(Client& client, std::string name, std::string spec,
                              std::optional<Secret> auth) {
    HttpRequest request = service_request("/services/create", std::move(spec), auth);
    return change_swarm(client, std::move(request), 0, "create service " + name);
}

Task<Result<>> update_service(Client& client, std::string id, std::uint64_t version, std::string spec,
                              std::optional<Secret> auth) {
    const std::string target = path_of_service(id) + "/update?version=" + std::to_string(version);
    HttpRequest request = service_request(target, std::move(spec), auth);
    return change_swarm(client, std::move(request), 0, "update service " + id);
}

Task<Result<>> remove_service(Client& client, std::string id) {
    HttpRequest request{"DELETE", path_of_service(id), {}, {}};
    return change_swarm(client, std::move(request), http_not_found, "remove service " + id);
}

}  // namespace dockerext::engine
