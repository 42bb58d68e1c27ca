#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/web_client.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The registry API (the distribution project's HTTP API V2) without I/O: what to ask, and what the answers
/// mean.
namespace dockerext::registry {

/// A reference in a repository of a registry.
struct Reference {
    WebServer server;
    std::string repository;  ///< "library/nginx"
    std::string tag;         ///< "1.25", or a digest: "sha256:…"
};

/// Where the image is, with an empty host if its registry's name is none: "nginx" is library/nginx:latest of
/// registry-1.docker.io.
Reference parse_reference(std::string_view image);

/// "GET" or "HEAD" of its manifest, in all forms that the engine understands, so that the digest is the one
/// that the engine would find.
HttpRequest manifest_request(std::string method, const Reference& reference);
HttpRequest blob_request(const Reference& reference, std::string_view digest);

/// What the registry demands of a request without a login: the header WWW-Authenticate.
struct Challenge {
    bool is_basic = false;  ///< user name and password with each request; otherwise a token:
    WebServer server;       ///< that issues tokens
    std::string target;     ///< there: path and query
};
/// `unavailable` if it is neither Basic nor Bearer with a usable address.
Result<Challenge> parse_challenge(std::string_view header, const WebServer& registry);

/// The header Authorization with a user name and a password.
Secret basic_authorization(std::string_view username, const Secret& password);
/// The same with the token in the answer of the server that issues tokens.
Result<Secret> bearer_authorization(std::string_view body);

/// Whether the status is the registry's own answer. Others may come from something in between.
bool is_final(unsigned status);
/// An answer other than 200: `invalid_input` for a refused or missing login, `not_found`, else `unavailable`.
Error refusal(unsigned status, const Reference& reference, bool has_login);

/// The header Docker-Content-Digest of a manifest's answer.
Result<std::string> digest_of(const WebResponse& manifest);
/// What a manifest refers to; exactly one of both is there.
struct Target {
    std::string config;    ///< the digest of the image's configuration
    std::string manifest;  ///< of a list: the digest of the manifest for the platform
};
/// `platform`: "linux/amd64", "linux/arm64/v8". `not_found` if the list has none for it.
Result<Target> target_of(std::string_view manifest, std::string_view platform);
/// The member `created` of an image's configuration; nullopt if it has none that means anything.
std::optional<WallTime> creation_time_in(std::string_view config);
/// The header Date, "Tue, 15 Nov 1994 08:12:31 GMT"; nullopt for anything else.
std::optional<WallTime> parse_http_date(std::string_view header);
/// The address to which a server refers: a path of its own, or elsewhere in https. Without TLS only if the
/// server itself has none, and only to itself.
Result<std::pair<WebServer, std::string>> parse_address(std::string_view url, const WebServer& from);

}  // namespace dockerext::registry
