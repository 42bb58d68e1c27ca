#pragma once

#include "base/http_client.hpp"
#include "base/seats.hpp"

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>

namespace dockerext {

/// Who is at the other end of a unix socket, as the kernel tells it (SO_PEERCRED, at the time of connect).
struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Who asks, for as long as his request is being answered.
struct Peer : PeerCredentials {
    /// Until he has closed the connection, or sends more, and so does not wait for this answer alone. For
    /// handlers that wait: others finish what they have begun.
    std::function<Task<void>()> gone;
};

/// A small HTTP/1.1 server on a unix socket, with keep-alive. Answers go out as application/json. A request
/// that is not HTTP gets 400, a body over 4 MiB 413, headers over 64 KiB 431, each with {"error": "…"}, and
/// the connection closes. Further connections than 64 wait until one of those ends; one that brings no whole
/// request within the idle limit is closed. Others than root and the server's own user have only a part of
/// them (`Seats`), get 503 beyond it, and may send bodies of 64 KiB.
class HttpServer {
public:
    struct Limits {
        Duration idle = std::chrono::seconds(60);
        Seats::Limits seats = {};
    };
    /// Answers one request. Called side by side for different connections. It may take as long as it
    /// likes, and is cancelled with the server. What it throws ends the process, as every bug does.
    using Handler = std::function<Task<HttpResponse>(HttpRequest, Peer)>;

    /// Binds `socket` with exactly `mode`, whatever the umask; a socket left there by a crash is replaced
    /// (whoever calls holds the lock that makes him the only one). The folder must exist.
    static Result<HttpServer> listen(const asio::any_io_executor& executor,
                                     const std::filesystem::path& socket, mode_t mode, Handler handler,
                                     Limits limits);
    static Result<HttpServer> listen(const asio::any_io_executor& executor,
                                     const std::filesystem::path& socket, mode_t mode, Handler handler) {
        return listen(executor, socket, mode, std::move(handler), Limits());
    }

    HttpServer(HttpServer&&) noexcept;
    HttpServer& operator=(HttpServer&&) noexcept;
    /// Closes the socket and removes its file.
    ~HttpServer();

    /// Serves until cancelled, and has ended every connection and handler when it returns. The server
    /// outlives it.
    Task<void> serve();

private:
    struct Listener;
    explicit HttpServer(std::unique_ptr<Listener> listener);

    std::unique_ptr<Listener> listener_;
};

}  // namespace dockerext
