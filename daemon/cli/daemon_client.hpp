#pragma once

#include "base/http_client.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace dockerext::cli {

/// Client of the daemon's control socket. Every call blocks until the answer or the limit.
class DaemonClient {
public:
    explicit DaemonClient(std::filesystem::path socket) : socket_(std::move(socket)) {}

    /// Limit for requests that the daemon answers from memory.
    static constexpr Duration quick = std::chrono::seconds(10);

    /// Every HTTP answer is a success, even a refusal. An error means that the daemon is not reachable.
    Result<HttpResponse> get(std::string target, Duration limit = quick) const;
    Result<HttpResponse> post(std::string target, std::string body,
                              Duration limit = std::chrono::minutes(2)) const;

private:
    Result<HttpResponse> ask(HttpRequest request, Duration limit) const;

    std::filesystem::path socket_;
};

}  // namespace dockerext::cli
