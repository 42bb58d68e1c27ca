#include "azure/registry_identity.hpp"

#include "azure/metadata_service.hpp"
#include "base/base64.hpp"
#include "base/json_document.hpp"
#include "base/url.hpp"
#include "base/web_client.hpp"

#include <algorithm>
#include <charconv>

namespace dockerext::azure {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr Duration metadata_limit = 10s;
constexpr Duration exchange_limit = 30s;
constexpr seconds default_lifetime = 1h;  ///< a registry's token lasts at least this long

std::string_view resource_manager(std::string_view environment) {
    if (environment == "AzureChinaCloud") return "https://management.chinacloudapi.cn/";
    if (environment == "AzureUSGovernment") return "https://management.usgovcloudapi.net/";
    return "https://management.azure.com/";
}

/// Reads a positive number of seconds, as a number or, as the metadata service writes it, as text.
std::optional<seconds> seconds_in(const JsonCursor& object, std::string_view key) {
    const auto member = object.find(key);
    if (!member || !*member) return std::nullopt;
    if (const auto number = (*member)->integer(); number && *number > 0) return seconds(*number);
    const std::string text = text_in(object, key);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
    return seconds(number);
}

/// The life of a JWT, computed from its own two times so that this machine's clock does not matter; nullopt
/// if it cannot be read.
std::optional<seconds> jwt_lifetime(std::string_view token) {
    const std::size_t begin = token.find('.');
    const std::size_t end = begin == std::string_view::npos ? begin : token.find('.', begin + 1);
    if (end == std::string_view::npos) return std::nullopt;
    WipedString claims(token.substr(begin + 1, end - begin - 1));
    std::replace(claims.begin(), claims.end(), '-', '+');
    std::replace(claims.begin(), claims.end(), '_', '/');
    claims.resize((claims.size() + 3) / 4 * 4, '=');
    auto decoded = from_base64(claims);
    if (!decoded) return std::nullopt;
    const Secret text(std::move(*decoded));
    const auto json = JsonDocument::parse(text.reveal());
    if (!json) return std::nullopt;
    const auto from = seconds_in(json->root(), "iat"), to = seconds_in(json->root(), "exp");
    if (!from || !to || *to <= *from) return std::nullopt;
    return *to - *from;
}

std::string identity_text(const RegistryIdentity& who) {
    return who.identity == "system" ? "a system-assigned identity" : "the identity " + who.identity;
}

Error metadata_refusal(unsigned status, std::string_view body, const RegistryIdentity& who) {
    if (status == 400) {
        const std::string argument = who.identity == "system" ? "" : " --identities RESOURCE-ID";
        return {ErrorKind::not_found, "this machine does not have " + identity_text(who) +
                                          ": assign it with `az vm identity assign" + argument +
                                          "`, and give it the role AcrPull on " + who.registry};
    }
    if (status == 404 || status == 410)
        return {ErrorKind::unavailable, "the service is being updated (" + std::to_string(status) + ")"};
    std::string reason = status == 429 ? "too many requests" : "refused";
    if (const auto json = JsonDocument::parse(body)) {
        if (const auto text = text_in(json->root(), "error_description"); !text.empty()) reason = text;
    }
    return {ErrorKind::unavailable, reason + " (" + std::to_string(status) + ")"};
}

Error exchange_refusal(unsigned status, const RegistryIdentity& who) {
    const std::string code = " (" + std::to_string(status) + ")";
    if (status == 401 || status == 403) {
        return {ErrorKind::invalid_input, "does not accept " + identity_text(who) +
                                              " of this machine: give it the role AcrPull there, and let the "
                                              "registry permit tokens of Azure Resource Manager" +
                                              code};
    }
    if (status == 404) return {ErrorKind::invalid_input, "is not an Azure Container Registry" + code};
    return {ErrorKind::unavailable, (status == 429 ? "too many logins" : "is unavailable") + code};
}

/// Reads a token from the text member `member` of a JSON object; used for both answers.
Result<RegistryToken> read_token(std::string_view body, std::string_view member) {
    const auto json = JsonDocument::parse(body);
    const auto found = json ? Result<JsonCursor>(json->root().at(member)) : json.error();
    auto token = found ? Result<Secret>(found->secret()) : found.error();
    if (!token || token->reveal().empty())
        return Error(ErrorKind::unavailable, "the answer has no " + std::string(member));
    return RegistryToken{std::move(*token),
                         seconds_in(json->root(), "expires_in").value_or(default_lifetime)};
}

TokenResult failure(const Error& error, const Result<WebResponse>& response, std::string_view doing) {
    return {std::nullopt, error.within(doing), response ? response->retry_after : std::nullopt};
}

Error metadata_error(const Error& error) {
    return {error.kind(), error.message() + ": is this a machine in Azure?"};
}

}  // namespace

HttpRequest metadata_request(const RegistryIdentity& who) {
    std::string target = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
    target += percent_encoded(resource_manager(who.environment));
    if (who.identity != "system") target += "&client_id=" + percent_encoded(who.identity);
    return metadata_query(std::move(target));
}

Result<RegistryToken> read_metadata_response(unsigned status, std::string_view body,
                                             const RegistryIdentity& who) {
    if (status != 200) return metadata_refusal(status, body, who);
    return read_token(body, "access_token");
}

HttpRequest exchange_request(const RegistryIdentity& who, const Secret& access_token) {
    std::string form = "grant_type=access_token&service=" + percent_encoded(who.registry) +
                       "&access_token=" + percent_encoded(access_token.reveal());
    return {.method = "POST",
            .target = "/oauth2/exchange",
            .body = std::move(form),
            .headers = {},
            .content_type = "application/x-www-form-urlencoded"};
}

Result<RegistryToken> read_exchange_response(unsigned status, std::string_view body,
                                             const RegistryIdentity& who, seconds metadata_lifetime) {
    if (status != 200) return exchange_refusal(status, who);
    auto token = read_token(body, "refresh_token");
    if (!token) return token.error();
    const auto own = jwt_lifetime(token->password.reveal());
    token->lifetime = own.value_or(std::min(token->lifetime, metadata_lifetime));
    return token;
}

Task<TokenResult> request_token(RegistryIdentity who) {
    auto requesting_token = ask_metadata_service(metadata_request(who), metadata_limit);
    const auto metadata_response = co_await std::move(requesting_token);
    constexpr std::string_view metadata_name = "instance metadata service";
    if (!metadata_response)
        co_return failure(metadata_error(metadata_response.error()), metadata_response, metadata_name);
    const auto access =
        read_metadata_response(metadata_response->status, metadata_response->body.reveal(), who);
    if (!access) co_return failure(access.error(), metadata_response, metadata_name);

    const WebServer registry{WebServer::Scheme::https, who.registry, 443};
    HttpRequest login_request = exchange_request(who, access->password);
    auto logging_in = send_web_request(registry, std::move(login_request), exchange_limit);
    const auto registry_response = co_await std::move(logging_in);
    const std::string exchange = "log in to " + who.registry;
    if (!registry_response) co_return failure(registry_response.error(), registry_response, exchange);
    auto token = read_exchange_response(registry_response->status, registry_response->body.reveal(), who,
                                        access->lifetime);
    if (!token) co_return failure(token.error(), registry_response, exchange);
    co_return TokenResult{std::move(*token), {}, std::nullopt};
}

}  // namespace dockerext::azure
