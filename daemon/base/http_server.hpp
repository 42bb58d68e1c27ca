#pragma once

#include "base/http_client.hpp"
#include "base/tcp_address.hpp"
#include "base/user_quota.hpp"

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace dockerext {

/// The process at the other end of a unix socket, as the kernel reports it (SO_PEERCRED, at the time of
/// connect).
struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// The peer of a request; valid while the request is being answered.
struct Peer : PeerCredentials {
    /// Completes when the peer closes the connection or sends more, and so does not merely wait for this
    /// answer. For handlers that wait; other handlers finish what they have begun.
    std::function<Task<void>()> gone;
};

/// A small HTTP/1.1 server on a unix socket or a TCP port, with keep-alive. A request that is not HTTP gets
/// 400, a body over 4 MiB 413, headers over 64 KiB 431, each with {"error": "…"}, and the connection closes.
/// Further connections than `Limits` allows wait until one of those ends. A connection that delivers no
/// complete request within the idle limit is closed. Users other than root and the server's own user share
/// only a part of the connections (`UserQuota`), get 503 beyond it, and may send bodies of at most 64 KiB.
class HttpServer {
public:
    struct Limits {
        Duration idle = std::chrono::seconds(60);  ///< for a request, and for taking its answer
        UserQuota::Limits quota = {};
        unsigned connections = 64;
    };
    /// Answers one request. Called concurrently for different connections. It may take as long as it needs,
    /// and is cancelled with the server. An exception ends the process, as every bug does.
    using Handler = std::function<Task<HttpResponse>(HttpRequest, Peer)>;

    /// Binds `socket` with exactly `mode`, whatever the umask. A socket left there by a crash is replaced;
    /// the caller must hold the lock that makes it the only server. The folder must exist.
    static Result<HttpServer> listen(const asio::any_io_executor& executor,
                                     const std::filesystem::path& socket, mode_t mode, Handler handler,
                                     Limits limits);
    static Result<HttpServer> listen(const asio::any_io_executor& executor,
                                     const std::filesystem::path& socket, mode_t mode, Handler handler) {
        return listen(executor, socket, mode, std::move(handler), Limits());
    }
    /// On a TCP port. Nothing is known of its peers: they count as nobody, and `quota` does not apply.
    static Result<HttpServer> listen(const asio::any_io_executor& executor, const TcpAddress& address,
                                     Handler handler, Limits limits);

    HttpServer(HttpServer&&) noexcept;
    HttpServer& operator=(HttpServer&&) noexcept;
    /// Closes the socket and removes its file, if it has one.
    ~HttpServer();

    /// Serves until cancelled. Every connection and handler has ended when it returns. The server must
    /// outlive the call.
    Task<void> serve();

private:
    struct Listener;
    explicit HttpServer(std::unique_ptr<Listener> listener);

    std::unique_ptr<Listener> listener_;
};

}  // namespace dockerext
