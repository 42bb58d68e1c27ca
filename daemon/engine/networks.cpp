#include "engine/networks.hpp"

#include "base/json_writer.hpp"
#include "base/url.hpp"
#include "engine/exchange.hpp"

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
    return redact.says(error.message(), "is not connected to");
}

}  // namespace

Task<Result<JsonDocument>> list_networks(Client& client) {
    HttpRequest request{"GET", "/networks", {}, {}};
    return ask(client, std::move(request), "list networks");
}

Task<Result<std::string>> create_network(Client& client, std::string body) {
    HttpRequest request{"POST", "/networks/create", std::move(body), {}};
    return create(client, std::move(request), "create network");
}

Task<Result<>> remove_network(Client& client, std::string id) {
    HttpRequest request{"DELETE", path_of(id), {}, {}};
    return order(client, std::move(request), limits::remove, gone, "remove network " + shown(id));
}

Task<Result<>> connect_network(Client& client, std::string id, std::string body) {
    HttpRequest request{"POST", path_of(id) + "/connect", std::move(body), {}};
    return order(client, std::move(request), limits::start, 0, "connect network " + shown(id));
}

Task<Result<>> disconnect_network(Client& client, std::string id, std::string container) {
    HttpRequest request{"POST", path_of(id) + "/disconnect", disconnect_body(container), {}};
    const std::string doing = "disconnect container " + shown(container) + " from network " + shown(id);
    const auto done = co_await order(client, std::move(request), limits::start, gone, doing);
    if (!done && is_not_connected(done.error(), client.redact())) co_return Result<>{};
    co_return done;
}

}  // namespace dockerext::engine
