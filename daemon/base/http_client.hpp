#pragma once

#include "base/task.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext {

struct HttpRequest {
    std::string method = "GET";
    std::string target;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  ///< besides Host and Content-Type
    std::string content_type = "application/json";             ///< of the body, if any
    /// The body in pieces, if it is too large to hold: called until it returns "". Only for `open`, whose
    /// limit then applies to each piece and to the head of the answer.
    std::function<Task<Result<std::string>>()> next_piece = {};
};

/// The value of a header of the request, whatever the case of its name; "" if there is none.
std::string header(const HttpRequest& request, std::string_view name);

struct HttpResponse {
    unsigned status = 0;
    std::string body;
    std::string content_type = "application/json";  ///< of an answer that we give
};

/// An answer that arrives in pieces. Owns its connection, which closes with it.
class HttpStream {
public:
    HttpStream(HttpStream&&) noexcept;
    HttpStream& operator=(HttpStream&&) noexcept;
    ~HttpStream();

    unsigned status() const noexcept;

    /// The next piece of the body; "" at its end. `inactivity` limits this single wait; Duration::max() means
    /// no limit.
    Task<Result<std::string>> read(Duration inactivity);

private:
    friend class HttpClient;
    struct Connection;
    HttpStream(std::unique_ptr<Connection> connection);

    std::unique_ptr<Connection> connection_;
};

/// HTTP/1.1 over a unix socket. Connections are kept alive and reused; there are as many as there are
/// concurrent calls. If the peer has closed a kept connection meanwhile, the client replaces it without an
/// error, provided that no byte of the request went out, or that no byte of an answer came and the method is
/// GET, HEAD or DELETE. For servers on the network see web_client.hpp.
class HttpClient {
public:
    HttpClient(const asio::any_io_executor& executor, std::filesystem::path socket);
    ~HttpClient();

    /// Any response is a success here, also a 500; the caller interprets the status. Fails with `unavailable`
    /// (refused, closed early, garbage, more than 64 MiB), `timeout` or `cancelled`.
    Task<Result<HttpResponse>> send(HttpRequest request, Duration limit);

    /// Sends the request and reads the head of the answer; the body is read from the stream.
    Task<Result<HttpStream>> open(HttpRequest request, Duration limit);

private:
    struct Pool;
    std::unique_ptr<Pool> pool_;
};

}  // namespace dockerext
