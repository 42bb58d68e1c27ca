#pragma once

#include "base/http_client.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace dockerext::cli {

/// The daemon behind its control socket. Every call blocks until it is answered.
class Daemon {
public:
    explicit Daemon(std::filesystem::path socket) : socket_(std::move(socket)) {}

    /// Within it the daemon answers what it knows.
    static constexpr Duration quick = std::chrono::seconds(10);

    /// Any answer is a success here, also a refusal; an error means: not reachable.
    Result<HttpResponse> get(std::string target, Duration limit = quick) const;
    Result<HttpResponse> post(std::string target, std::string body,
                              Duration limit = std::chrono::minutes(2)) const;

private:
    Result<HttpResponse> ask(HttpRequest request, Duration limit) const;

    std::filesystem::path socket_;
};

/// `text` as a value in a query.
std::string query_value(std::string_view text);

}  // namespace dockerext::cli
