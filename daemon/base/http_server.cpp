#include "base/http_server.hpp"

#include "base/http_message.hpp"
#include "base/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
namespace beast = boost::beast;
namespace http = beast::http;
using Protocol = asio::generic::stream_protocol;  ///< unix sockets and TCP
using Acceptor = asio::basic_socket_acceptor<Protocol>;
using Stream = beast::basic_stream<Protocol>;
using Received = beast::basic_flat_buffer<WipingAllocator<char>>;  ///< requests may hold secrets

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t request_limit = 4U << 20;
constexpr std::uint64_t unprivileged_request_limit = 64U << 10;  ///< they submit no settings
constexpr std::uint32_t header_limit = 64U << 10;
constexpr std::size_t buffer_limit = 256U << 10;
constexpr std::size_t max_rejections = 32;  ///< at once; further ones are closed without an answer
constexpr Duration drain_limit = 2s;
constexpr Duration accept_pause = 1s;
constexpr PeerCredentials nobody{0, 65534, 65534};

std::optional<PeerCredentials> credentials(Protocol::socket& peer) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(peer.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return {};
    return PeerCredentials{who.pid, who.uid, who.gid};
}

HttpRequest request_of(const http::request<http_message::Body>& message) {
    HttpRequest request{message.method_string(), message.target(), std::string(message.body()), {}};
    for (const auto& field : message) {
        if (field.name() == http::field::host || field.name() == http::field::content_type) continue;
        request.headers.emplace_back(field.name_string(), field.value());
    }
    return request;
}

/// The answer to a peer whose request could not be read; nullopt if the peer is gone.
std::optional<HttpResponse> error_response(const beast::error_code& code) {
    if (code == http::error::body_limit)
        return HttpResponse{
            413, R"({"error":"the body is larger than 4 MiB, or than 64 KiB from others than root"})"};
    if (code == http::error::header_limit || code == http::error::buffer_overflow) {
        return HttpResponse{431, R"({"error":"the headers are larger than 64 KiB"})"};
    }
    if (code == http::error::end_of_stream || code == http::error::partial_message) return {};
    if (code.category() == make_error_code(http::error::bad_version).category()) {
        return HttpResponse{400, R"({"error":"not an HTTP request"})"};
    }
    return {};
}

/// How an answer goes out.
struct Delivery {
    Duration limit;
    bool keep_alive = false;
    bool with_body = true;  ///< HEAD gets none
};

Task<bool> respond(Stream& stream, HttpResponse response, Delivery delivery) {
    const bool keep_alive = delivery.keep_alive;
    http::response<http::string_body> message;
    message.version(11);
    message.result(response.status);
    message.set(http::field::content_type, response.content_type);
    message.keep_alive(keep_alive);
    message.content_length(response.body.size());
    if (delivery.with_body) message.body() = std::move(response.body);
    stream.expires_after(delivery.limit);
    const auto [error, size] = co_await http::async_write(stream, message, as_result);
    co_return !error && keep_alive;
}

/// Reads what a refused peer still sends: closing the connection before would discard the answer.
Task<void> drain(Stream& stream) {
    beast::error_code ignored;
    stream.socket().shutdown(Protocol::socket::shutdown_send, ignored);
    stream.expires_after(drain_limit);
    std::string rest(16U << 10, '\0');
    for (beast::error_code ended; !ended;) {
        const auto [error, size] = co_await stream.async_read_some(asio::buffer(rest), as_result);
        ended = error;
    }
}

Task<void> wait_for_disconnect(Stream& stream, const Received& received) {
    for (bool is_connected = received.size() == 0; is_connected;) {
        const auto [error] = co_await stream.socket().async_wait(Protocol::socket::wait_read, as_result);
        if (error) co_return;
        char next = 0;
        const auto got = ::recv(stream.socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
        is_connected = got < 0 && (errno == EAGAIN || errno == EINTR);
    }
}

/// The parts that serving needs; owned by the server.
struct Service {
    HttpServer::Handler handler;
    HttpServer::Limits limits;
    bool is_tcp = false;
    UserQuota quota{::geteuid(), limits.quota};
};

/// Serves one request; returns whether another one may follow.
Task<bool> serve_one(Stream& stream, Received& received, const Service& service, PeerCredentials peer) {
    http::request_parser<http_message::Body> parser;
    parser.body_limit(service.quota.is_owner(peer.uid) ? request_limit : unprivileged_request_limit);
    parser.header_limit(header_limit);
    stream.expires_after(service.limits.idle);
    const Delivery refused{service.limits.idle};
    const auto [error, size] = co_await http::async_read(stream, received, parser, as_result);
    if (error) {
        const auto refusal = error_response(error);
        if (!refusal) co_return false;
        co_await respond(stream, *refusal, refused);
        co_await drain(stream);
        co_return false;
    }
    const Delivery delivery{service.limits.idle, parser.get().keep_alive(),
                            parser.get().method() != http::verb::head};
    HttpRequest request = request_of(parser.release());
    const Peer asking{peer, [&] { return wait_for_disconnect(stream, received); }};
    HttpResponse response = co_await service.handler(std::move(request), asking);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return false;
    co_return co_await respond(stream, std::move(response), delivery);
}

Task<void> serve_peer(Protocol::socket peer, const Service& service, PeerCredentials who) {
    Stream stream(std::move(peer));
    Received received(buffer_limit);
    for (bool more = true; more;) {
        more = co_await serve_one(stream, received, service, who);
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return;
    }
}

Task<void> reject(Protocol::socket peer, Duration limit) {
    Stream stream(std::move(peer));
    const Delivery delivery{limit};
    HttpResponse refusal{503, R"({"error":"too many connections of this user; close one and try again"})"};
    co_await respond(stream, std::move(refusal), delivery);
    co_await drain(stream);
}

/// A peer of a unix socket; one without a seat delays nobody else.
Task<void> admit(Protocol::socket peer, PeerCredentials who, Service& service, TaskGroup& rejections) {
    const auto permit = service.quota.acquire(who.uid);
    if (permit) {
        co_await serve_peer(std::move(peer), service, who);
    } else if (rejections.size() < max_rejections) {
        rejections.spawn(reject(std::move(peer), service.limits.idle));
    }
}

/// Accepts a connection, serves it, then accepts the next.
Task<void> accept_and_serve(Acceptor& acceptor, Service& service, TaskGroup& rejections) {
    for (;;) {
        auto [error, peer] = co_await acceptor.async_accept(as_result);
        bool cancelled = co_await is_cancelled();
        if (cancelled) co_return;
        if (error) {
            co_await sleep_for(accept_pause);  // most likely out of descriptors
        } else if (service.is_tcp) {
            co_await serve_peer(std::move(peer), service, nobody);
        } else if (const auto who = credentials(peer)) {
            co_await admit(std::move(peer), *who, service, rejections);
        }
        cancelled = co_await is_cancelled();
        if (cancelled) co_return;
    }
}

void remove_stale_socket(const std::filesystem::path& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) ::unlink(path.c_str());
}

}  // namespace

struct HttpServer::Listener {
    Acceptor acceptor;
    std::filesystem::path socket;  ///< "" for a TCP port
    Service service;

    Listener(const asio::any_io_executor& executor, std::filesystem::path path, Handler answer, Limits limits)
        : acceptor(executor),
          socket(std::move(path)),
          service{.handler = std::move(answer), .limits = limits, .is_tcp = socket.empty()} {}
    Listener(Listener&&) = delete;
    ~Listener() {
        if (acceptor.is_open() && !service.is_tcp) remove_stale_socket(socket);
    }

    beast::error_code bind(mode_t mode);
    beast::error_code bind(const TcpAddress& address);
    beast::error_code bind(const Protocol::endpoint& endpoint);
    beast::error_code start();
};

/// Nobody can connect before listen(), so the socket never has more permissions than `mode`.
beast::error_code HttpServer::Listener::bind(mode_t mode) {
    remove_stale_socket(socket);
    if (const auto error = bind(asio::local::stream_protocol::endpoint(socket.string()))) return error;
    if (::chmod(socket.c_str(), mode) != 0) return {errno, boost::system::generic_category()};
    return start();
}

beast::error_code HttpServer::Listener::bind(const TcpAddress& address) {
    beast::error_code error;
    const auto host = asio::ip::make_address(address.host, error);
    if (error) return error;
    error = bind(asio::ip::tcp::endpoint(host, address.port));
    return error ? error : start();
}

beast::error_code HttpServer::Listener::bind(const Protocol::endpoint& endpoint) {
    beast::error_code error;
    Acceptor fresh(acceptor.get_executor());
    fresh.open(endpoint.protocol(), error);
    // A connection that has just ended does not block the port.
    if (!error && service.is_tcp) fresh.set_option(Acceptor::reuse_address(true), error);
    if (!error) fresh.bind(endpoint, error);
    if (!error) acceptor = std::move(fresh);
    return error;
}

beast::error_code HttpServer::Listener::start() {
    beast::error_code error;
    acceptor.listen(Acceptor::max_listen_connections, error);
    return error;
}

Result<HttpServer> HttpServer::listen(const asio::any_io_executor& executor,
                                      const std::filesystem::path& socket, mode_t mode, Handler handler,
                                      Limits limits) {
    const std::string doing = "listen on " + socket.string();
    if (socket.native().size() >= sizeof(sockaddr_un::sun_path))
        return Error::from_errno(ENAMETOOLONG, doing);
    auto listener = std::make_unique<Listener>(executor, socket, std::move(handler), limits);
    if (const auto error = listener->bind(mode)) return Error::from_code(error, doing);
    return HttpServer(std::move(listener));
}

Result<HttpServer> HttpServer::listen(const asio::any_io_executor& executor, const TcpAddress& address,
                                      Handler handler, Limits limits) {
    auto listener = std::make_unique<Listener>(executor, std::filesystem::path(), std::move(handler), limits);
    if (const auto error = listener->bind(address))
        return Error::from_code(error, "listen on " + to_string(address));
    return HttpServer(std::move(listener));
}

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

Task<void> HttpServer::serve() {
    TaskGroup connections(listener_->acceptor.get_executor());
    TaskGroup rejections(listener_->acceptor.get_executor());
    for (unsigned i = 0; i < listener_->service.limits.connections; ++i) {
        connections.spawn(accept_and_serve(listener_->acceptor, listener_->service, rejections));
    }
    co_await connections.join();
    rejections.cancel();
    co_await rejections.join();
}

}  // namespace dockerext
