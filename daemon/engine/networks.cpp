#include "engine/networks.hpp"

#include "base/json_writer.hpp"
#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/swarm_call.hpp"
#include "engine/swarm_error.hpp"

namespace dockerext::engine {
namespace {

std::string path_of(std::string_view id) { return "/networks/" + percent_encoded(id); }

std::string disconnect_body(std::string_view container) {
    JsonWriter json;
    json.begin_object();
    json.text("Container", container);
    json.boolean("Force", true);
    json.end_object();
    return json.take();
}

/// Recognizes Docker's message, because the status depends on the version (403, 500).
bool is_not_connected(const Error& error, const Redactor& redact) {
    return redact.contains_phrase(error.message(), "is not connected to");
}

/// A manager answers 500 for a network that it has just removed.
bool is_gone(const Error& error, std::string_view id, const Redactor& redact) {
    return redact.contains_phrase(error.message(), "network " + std::string(id) + " not found");
}

}  // namespace

Task<Result<JsonDocument>> list_networks(Client& client) {
    HttpRequest request{"GET", "/networks", {}, {}};
    return get_json(client, std::move(request), "list networks");
}

Task<Result<JsonDocument>> list_swarm_networks(Client& client) {
    return query_swarm(client, "/networks", "list networks");
}

Task<Result<std::string>> create_network(Client& client, std::string body) {
    HttpRequest request{"POST", "/networks/create", std::move(body), {}};
    return create(client, std::move(request), "create network");
}

Task<Result<>> remove_network(Client& client, std::string id) {
    const std::string doing = "remove network " + short_id(id);
    HttpRequest request{"DELETE", path_of(id), {}, {}};
    const auto removed = co_await client.call(std::move(request), limits::remove, http_not_found);
    if (removed || is_gone(removed.error(), id, client.redact())) co_return Result<>{};
    co_return swarm_error(removed.error(), client.redact()).within(doing);
}

Task<Result<>> connect_network(Client& client, std::string id, std::string body) {
    HttpRequest request{"POST", path_of(id) + "/connect", std::move(body), {}};
    return send_command(client, std::move(request), limits::start, 0, "connect network " + short_id(id));
}

Task<Result<>> disconnect_network(Client& client, std::string id, std::string container) {
    HttpRequest request{"POST", path_of(id) + "/disconnect", disconnect_body(container), {}};
    const std::string doing = "disconnect container " + short_id(container) + " from network " + short_id(id);
    const auto done = co_await send_command(client, std::move(request), limits::start, http_not_found, doing);
    if (!done && is_not_connected(done.error(), client.redact())) co_return Result<>{};
    co_return done;
}

}  // namespace dockerext::engine
