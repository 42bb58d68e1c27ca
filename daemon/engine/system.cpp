#include "engine/system.hpp"

#include "base/json_writer.hpp"
#include "base/redactor.hpp"
#include "engine/api_call.hpp"
#include "engine/response.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dockerext::engine {
namespace {

/// The engine's answer to bad credentials, and to no other failure of this call.
constexpr unsigned unauthorized = 401;

/// Engines up to 20.10 report a registry's refusal as their own error, a 500; later ones do so if the
/// registry answers 403.
bool is_login_rejected(std::string_view message, const Redactor& redact) {
    constexpr auto signs =
        std::to_array<std::string_view>({"401 Unauthorized", "403 Forbidden",
                                         "unauthorized: ", "denied: ", "incorrect username or password"});
    return std::any_of(signs.begin(), signs.end(),
                       [&](std::string_view sign) { return redact.contains_phrase(message, sign); });
}

}  // namespace

Task<Result<>> ping(Client& client) {
    HttpRequest request{"GET", "/_ping", {}, {}};
    return send_command(client, std::move(request), limits::query, 0, "ping the engine");
}

Task<Result<JsonDocument>> info(Client& client, Limit limit) {
    HttpRequest request{"GET", "/info", {}, {}};
    return get_json(client, std::move(request), "engine info", limit);
}

Task<Result<>> verify_login(Client& client, std::string server, Secret login, Secret password) {
    HttpRequest request{"POST", "/auth", std::string(login.reveal()), {}};
    const auto response = co_await client.call(std::move(request), limits::query, unauthorized);
    const bool is_unauthorized = response && response->status == unauthorized;
    if (response && !is_unauthorized) co_return Result<>{};
    const Error reported = is_unauthorized ? response_error(response->status, response->body, client.redact())
                                           : response.error();
    const bool rejected = is_unauthorized || is_login_rejected(reported.message(), client.redact());
    const Error error = redacted(reported, Redactor({password}));  // a token is not part of the settings
    if (!rejected) co_return error.within("log in to " + server);
    co_return Error(ErrorKind::invalid_input,
                    "log in to " + server + ": user name or password rejected: " + error.message());
}

}  // namespace dockerext::engine
