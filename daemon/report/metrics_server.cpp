#include "report/metrics_server.hpp"

#include "base/catch_exceptions.hpp"
#include "base/http_server.hpp"
#include "base/log.hpp"
#include "report/request_target.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace dockerext::report {
namespace {

using namespace std::chrono_literals;

constexpr HttpServer::Limits metrics_limits{.idle = 10s, .quota = {}, .connections = 16};

HttpResponse text_response(unsigned status, std::string text) {
    return {status, std::move(text), "text/plain; charset=utf-8"};
}

HttpResponse answer(const HttpRequest& request, const MetricsServer::Snapshot& snapshot) {
    if (request.method != "GET" && request.method != "HEAD")
        return text_response(405, "only GET and HEAD are supported\n");
    const auto target = parse_target(request.target);
    if (!target) return text_response(400, target.error().message() + "\n");
    if (target->path == "/health") return {200, health_json(snapshot().status)};
    if (target->path != "/metrics") return text_response(404, "see /metrics and /health\n");
    const MetricsFormat format = metrics_format(header(request, "Accept"));
    return {200, metrics_text(snapshot(), format), content_type(format)};
}

}  // namespace

struct MetricsServer::Impl {
    explicit Impl(Snapshot snapshot_) : snapshot(std::move(snapshot_)) {}

    Task<Result<HttpResponse>> reply(HttpRequest request) const { co_return answer(request, snapshot); }
    Task<HttpResponse> reply_or_error(HttpRequest request) const;

    Snapshot snapshot;
    std::optional<HttpServer> server;  ///< calls `reply_or_error`, so it must be destroyed before `snapshot`
};

Task<HttpResponse> MetricsServer::Impl::reply_or_error(HttpRequest request) const {
    auto replying = catch_exceptions(reply(std::move(request)));
    auto response = co_await std::move(replying);
    if (response) co_return std::move(*response);
    log::error("cannot answer a request for metrics", {{"ERROR", response.error().message()}});
    co_return text_response(500, response.error().message() + "\n");
}

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MetricsServer::~MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>> MetricsServer::listen(const asio::any_io_executor& executor,
                                                             const TcpAddress& address, Snapshot snapshot) {
    auto impl = std::make_unique<Impl>(std::move(snapshot));
    const auto reply = [owner = impl.get()](HttpRequest request, const Peer&) {
        return owner->reply_or_error(std::move(request));
    };
    auto server = HttpServer::listen(executor, address, reply, metrics_limits);
    if (!server) return server.error();
    impl->server.emplace(std::move(*server));
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(impl)));
}

Task<void> MetricsServer::serve() { return impl_->server->serve(); }

}  // namespace dockerext::report
