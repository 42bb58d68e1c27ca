#pragma once

#include "base/http_client.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <map>
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

struct WebResponse {
    unsigned status = 0;
    Secret body;
    std::optional<std::chrono::seconds> retry_after;  ///< the header Retry-After, if it is a number
    std::map<std::string, std::string> headers;       ///< names in lower case; of a repeated one the first
};

/// Sends one HTTP/1.1 request to a server on the network, on a connection of its own; follows no redirect.
/// The answer to HEAD has no body. With https the server must prove its name with a certificate of an
/// authority that this machine trusts: those in OpenSSL's default places, which the distribution sets up, or
/// in SSL_CERT_FILE and SSL_CERT_DIR. Any answer is a success; fails with `unavailable` (also for an answer
/// of more than 1 MiB), `timeout` or `cancelled`. `limit` applies to the whole call.
Task<Result<WebResponse>> send_web_request(WebServer server, HttpRequest request, Duration limit);

}  // namespace dockerext
