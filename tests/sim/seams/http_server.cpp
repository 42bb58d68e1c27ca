// Replaces base/http_server.cpp: requests come from the simulator itself.
#include "base/http_server.hpp"

#include "base/timer.hpp"
#include "control_socket.hpp"

namespace dockerext {

struct HttpServer::Listener {
    asio::any_io_executor executor;
    Handler handler;

    Listener(const asio::any_io_executor& on, Handler answer) : executor(on), handler(std::move(answer)) {
        sim::ControlSocket::handler = &handler;
    }
    Listener(Listener&&) = delete;
    ~Listener() { sim::ControlSocket::handler = nullptr; }
};

Result<HttpServer> HttpServer::listen(const asio::any_io_executor& executor, const std::filesystem::path&,
                                      mode_t, Handler handler, Limits) {
    return HttpServer(std::make_unique<Listener>(executor, std::move(handler)));
}

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

Task<void> HttpServer::serve() {
    Timer never(listener_->executor);
    co_await never.wait();
}

}  // namespace dockerext
