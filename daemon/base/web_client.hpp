#pragma once

#include "base/http_client.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace dockerext {

/// A server on the network.
struct WebServer {
    enum class Scheme { http, https };
    Scheme scheme = Scheme::https;
    std::string host;  ///< a name or an address
    std::uint16_t port = 443;
};

struct WebAnswer {
    unsigned status = 0;
    Secret body;
    std::optional<std::chrono::seconds> retry_after;  ///< of the header of that name, if it is a number
};

/// One HTTP/1.1 request to a server on the network, on a connection of its own; no redirect is followed. With
/// https the server must prove its name to an authority that this machine trusts: OpenSSL's default places,
/// which are those of the distribution, or SSL_CERT_FILE and SSL_CERT_DIR. Any answer is a success; fails
/// with `unavailable` (also an answer of more than 1 MiB), `timeout` or `cancelled`. `limit` is for all of
/// it.
Task<Result<WebAnswer>> ask_web(WebServer server, HttpRequest request, Duration limit);

}  // namespace dockerext
