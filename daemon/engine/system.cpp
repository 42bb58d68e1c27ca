#include "engine/system.hpp"

#include "base/json_writer.hpp"
#include "base/redactor.hpp"
#include "engine/answer.hpp"
#include "engine/exchange.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dockerext::engine {
namespace {

/// The engine's answer to bad credentials, and to no other failure of this call.
constexpr unsigned unauthorized = 401;

std::string body_of(const std::string& server, const std::string& username, const Secret& password) {
    JsonWriter json;
    json.begin_object();
    json.text("username", username);
    json.text("password", password.reveal());
    json.text("serveraddress", server);
    json.end_object();
    return json.take();
}

/// Engines up to 20.10 report a registry's refusal as their own error, a 500; later ones do so if the
/// registry answers 403.
bool tells_of_refusal(std::string_view message, const Redactor& redact) {
    constexpr auto signs =
        std::to_array<std::string_view>({"401 Unauthorized", "403 Forbidden",
                                         "unauthorized: ", "denied: ", "incorrect username or password"});
    return std::any_of(signs.begin(), signs.end(),
                       [&](std::string_view sign) { return redact.says(message, sign); });
}

}  // namespace

Task<Result<>> ping(Client& client) {
    HttpRequest request{"GET", "/_ping", {}, {}};
    return order(client, std::move(request), limits::query, 0, "ping the engine");
}

Task<Result<JsonDocument>> info(Client& client) {
    HttpRequest request{"GET", "/info", {}, {}};
    return ask(client, std::move(request), "engine info");
}

Task<Result<>> verify_login(Client& client, std::string server, std::string username, Secret password) {
    HttpRequest request{"POST", "/auth", body_of(server, username, password), {}};
    const auto answer = co_await client.call(std::move(request), limits::query, unauthorized);
    const bool says_so = answer && answer->status == unauthorized;
    if (answer && !says_so) co_return Result<>{};
    const Error told = says_so ? refusal(answer->status, answer->body, client.redact()) : answer.error();
    const bool refused = says_so || tells_of_refusal(told.message(), client.redact());
    const Error error = redacted(told, Redactor({password}));  // a token is not part of the settings
    if (!refused) co_return error.within("log in to " + server);
    co_return Error(ErrorKind::invalid_input,
                    "log in to " + server + ": user name or password rejected: " + error.message());
}

}  // namespace dockerext::engine
