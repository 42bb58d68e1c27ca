#include "registry/answers.hpp"

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/url.hpp"
#include "engine/image_reference.hpp"
#include "engine/response.hpp"
#include "model/image_reference.hpp"
#include "model/normal_form.hpp"
#include "model/registry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace dockerext::registry {
namespace {

constexpr std::string_view hub_server = "registry-1.docker.io";
constexpr std::string_view manifest_types =
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

std::uint16_t usual_port(WebServer::Scheme scheme) { return scheme == WebServer::Scheme::https ? 443 : 80; }

/// "host", "host:5000", "[::1]:5000".
std::optional<WebServer> parse_server(std::string_view text, WebServer::Scheme scheme) {
    WebServer server{scheme, {}, usual_port(scheme)};
    const std::size_t colon = text.ends_with(']') ? std::string_view::npos : text.rfind(':');
    std::string_view host = text.substr(0, colon);
    if (colon != std::string_view::npos) {
        const std::string_view port = text.substr(colon + 1);
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
        if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    server.host = host;
    return host.empty() ? std::nullopt : std::optional(server);
}

Result<JsonDocument> parse_answer(std::string_view body, std::string_view what) {
    auto json = JsonDocument::parse(body);
    if (!json) return Error(ErrorKind::unavailable, json.error().within(what).message());
    return json;
}

bool equals_ignoring_case(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char a, char b) { return to_lower(a) == to_lower(b); });
}

/// The value of NAME="VALUE" among the parameters of a challenge; "" if it has none.
std::string parameter(std::string_view parameters, std::string_view name) {
    while (!parameters.empty()) {
        const std::size_t equals = parameters.find("=\"");
        if (equals == std::string_view::npos) return "";
        const std::size_t end = parameters.find('"', equals + 2);
        const std::size_t begin = parameters.find_first_not_of(" ,");
        if (end == std::string_view::npos || begin > equals) return "";
        if (equals_ignoring_case(parameters.substr(begin, equals - begin), name))
            return std::string(parameters.substr(equals + 2, end - equals - 2));
        parameters.remove_prefix(end + 1);
    }
    return "";
}

/// What a registry sends becomes part of further requests.
Result<std::string> checked_digest(std::string digest) {
    if (model::image_reference_error("name@" + digest).empty()) return digest;
    return Error(ErrorKind::unavailable, "the registry's answer has no digest");
}

bool is_for(const JsonCursor& manifest, std::string_view platform) {
    const auto member = manifest.find("platform");
    if (!member || !*member) return false;
    const JsonCursor& own = **member;
    const std::string base = engine::string_in(own, "os") + "/" + engine::string_in(own, "architecture");
    const std::string variant = engine::string_in(own, "variant");
    const std::string offered = model::normal::platform(variant.empty() ? base : base + "/" + variant);
    const std::string wanted = model::normal::platform(platform);
    return offered == wanted || wanted.starts_with(offered + "/") || offered.starts_with(wanted + "/");
}

}  // namespace

Reference parse_reference(std::string_view image) {
    const std::string_view registry = model::named_registry(image);
    const std::string key = model::registry_key(registry);
    const bool is_hub = is_web(split_url(key));  // Docker Hub's key is an address
    engine::ImageReference parts =
        engine::split_reference(image.substr(registry.empty() ? 0 : registry.size() + 1));
    if (is_hub && parts.repository.find('/') == std::string::npos) parts.repository.insert(0, "library/");
    const auto server = parse_server(is_hub ? hub_server : std::string_view(key), WebServer::Scheme::https);
    return {server.value_or(WebServer{.scheme = WebServer::Scheme::https, .host = "", .port = 0}),
            std::move(parts.repository), std::move(parts.tag)};
}

HttpRequest manifest_request(std::string method, const Reference& reference) {
    return {.method = std::move(method),
            .target = "/v2/" + reference.repository + "/manifests/" + reference.tag,
            .body = {},
            .headers = {{"Accept", std::string(manifest_types)}}};
}

HttpRequest blob_request(const Reference& reference, std::string_view digest) {
    return {.method = "GET", .target = "/v2/" + reference.repository + "/blobs/" + std::string(digest)};
}

Result<std::pair<WebServer, std::string>> parse_address(std::string_view url, const WebServer& from) {
    if (url.starts_with('/') && !url.starts_with("//")) return std::pair(from, std::string(url));
    const auto parts = split_url(url);
    const bool is_https = parts && parts->scheme == "https";
    if (!is_https && !(parts && parts->scheme == "http"))
        return Error(ErrorKind::unavailable, "the registry refers to an unusable address");
    const std::size_t slash = std::min(parts->rest.find_first_of("/?"), parts->rest.size());
    const auto server = parse_server(parts->rest.substr(0, slash),
                                     is_https ? WebServer::Scheme::https : WebServer::Scheme::http);
    if (!server) return Error(ErrorKind::unavailable, "the registry refers to an unusable address");
    if (!is_https && (from.scheme != WebServer::Scheme::http || from.host != server->host))
        return Error(ErrorKind::unavailable, "the registry refers to an address without https");
    std::string target(parts->rest.substr(slash));
    if (!target.starts_with('/')) target.insert(0, "/");
    return std::pair(*server, std::move(target));
}

Result<Challenge> parse_challenge(std::string_view header, const WebServer& registry) {
    const std::size_t blank = std::min(header.find(' '), header.size());
    const std::string_view kind = header.substr(0, blank);
    if (equals_ignoring_case(kind, "basic")) return Challenge{.is_basic = true};
    if (!equals_ignoring_case(kind, "bearer"))
        return Error(ErrorKind::unavailable, "the registry asks for an unknown kind of login");
    const std::string_view parameters = header.substr(blank);
    auto address = parse_address(parameter(parameters, "realm"), registry);
    if (!address) return address.error();
    std::string query;
    for (const char* name : {"service", "scope"}) {
        if (const std::string value = parameter(parameters, name); !value.empty())
            query += (query.empty() ? "" : "&") + std::string(name) + "=" + percent_encoded(value);
    }
    const char* const separator = address->second.find('?') == std::string::npos ? "?" : "&";
    if (!query.empty()) query.insert(0, separator);
    return Challenge{false, std::move(address->first), address->second + query};
}

Secret basic_authorization(std::string_view username, const Secret& password) {
    WipedString header("Basic ");
    header.append(model::stored_auth(username, password).reveal());
    return Secret(header);
}

Result<Secret> bearer_authorization(std::string_view body) {
    const auto json = parse_answer(body, "the registry's token");
    if (!json) return json.error();
    for (const char* name : {"token", "access_token"}) {
        const auto member = json->root().find(name);
        if (!member || !*member) continue;
        const auto token = (*member)->secret();
        if (!token || token->reveal().empty()) continue;
        WipedString header("Bearer ");
        header.append(token->reveal());
        return Secret(header);
    }
    return Error(ErrorKind::unavailable, "the registry's token is missing in the answer");
}

bool is_final(unsigned status) { return status == 401 || status == 403 || status == 404 || status == 429; }

Error refusal(unsigned status, const Reference& reference, bool has_login) {
    const std::string& host = reference.server.host;
    const std::string code = " (" + std::to_string(status) + ")";
    switch (status) {
    case 401:
    case 403:
        return {ErrorKind::invalid_input,
                host + (has_login ? " refuses our login for " : " refuses to answer without a login about ") +
                    reference.repository + code};
    case 404:
        return {ErrorKind::not_found, host + " has no " + reference.repository + ":" + reference.tag + code};
    case 429: return {ErrorKind::unavailable, host + " allows no more requests for now" + code};
    default: return {ErrorKind::unavailable, host + " does not answer as a registry does" + code};
    }
}

Result<std::string> digest_of(const WebResponse& manifest) {
    const auto header = manifest.headers.find("docker-content-digest");
    return checked_digest(header == manifest.headers.end() ? "" : header->second);
}

Result<Target> target_of(std::string_view manifest, std::string_view platform) {
    const auto json = parse_answer(manifest, "the image's manifest");
    if (!json) return json.error();
    if (const auto config = json->root().find("config"); config && *config) {
        auto digest = checked_digest(engine::string_in(**config, "digest"));
        if (!digest) return digest.error();
        return Target{.config = std::move(*digest), .manifest = {}};
    }
    if (const auto list = json->root().find("manifests"); list && *list) {
        const auto manifests = (*list)->items();
        for (const JsonCursor& each : manifests ? *manifests : std::vector<JsonCursor>()) {
            if (!is_for(each, platform)) continue;
            auto digest = checked_digest(engine::string_in(each, "digest"));
            if (!digest) return digest.error();
            return Target{.config = {}, .manifest = std::move(*digest)};
        }
    }
    return Error(ErrorKind::not_found, "the registry has no image for " + std::string(platform));
}

std::optional<WallTime> creation_time_in(std::string_view config) {
    // Reproducible builds set a fixed time in the past.
    constexpr WallTime earliest{std::chrono::sys_days(std::chrono::year(1990) / 1 / 1)};
    const auto json = parse_answer(config, "the image's configuration");
    const auto time = json ? parse_iso_time(engine::string_in(json->root(), "created")) : std::nullopt;
    return time && *time > earliest ? time : std::nullopt;
}

std::optional<WallTime> parse_http_date(std::string_view header) {
    std::tm time{};
    const std::string text(header);
    const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    // The clock counts nanoseconds, which end in 2262.
    constexpr int last_year = 2100, first_year_of_tm = 1900;
    if (end == nullptr || *end != '\0' || time.tm_year + first_year_of_tm > last_year) return std::nullopt;
    const std::time_t seconds = ::timegm(&time);
    if (seconds < 0) return std::nullopt;
    return std::chrono::system_clock::from_time_t(seconds);
}

}  // namespace dockerext::registry
