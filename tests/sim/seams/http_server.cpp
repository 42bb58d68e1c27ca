// Replaces base/http_server.cpp: requests come from the simulator itself.
#include "base/http_server.hpp"

#include "control_socket.hpp"

namespace dockerext {

struct HttpServer::Listener {
    std::filesystem::path socket;
    Handler handler;

    Listener(std::filesystem::path path, Handler answer)
        : socket(std::move(path)), handler(std::move(answer)) {
        sim::ControlSockets::handlers[socket] = &handler;
    }
    Listener(Listener&&) = delete;
    ~Listener() { sim::ControlSockets::handlers.erase(socket); }
};

Result<HttpServer> HttpServer::listen(const asio::any_io_executor&, const std::filesystem::path& socket,
                                      mode_t, Handler handler, Limits) {
    return HttpServer(std::make_unique<Listener>(socket, std::move(handler)));
}

Result<HttpServer> HttpServer::listen(const asio::any_io_executor&, const TcpAddress&, Handler, Limits) {
    return Error(ErrorKind::unavailable, "the simulated machine has no network");
}

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

Task<void> HttpServer::serve() { (void)co_await sleep_for(Duration::max()); }

}  // namespace dockerext
