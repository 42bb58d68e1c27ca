#include "report/metrics_server.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/http_server.hpp"
#include "base/log.hpp"
#include "report/request_target.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace dockerext::report {
namespace {

using namespace std::chrono_literals;

constexpr HttpServer::Limits metrics_limits{.idle = 10s, .quota = {}, .connections = 16};

HttpResponse text_response(unsigned status, std::string text) {
    return {status, std::move(text), "text/plain; charset=utf-8"};
}

}  // namespace

struct MetricsServer::Impl {
    explicit Impl(Snapshot snapshot_) : snapshot(std::move(snapshot_)) {}

    Task<Result<HttpResponse>> reply(HttpRequest request) { co_return answer(request); }
    Task<HttpResponse> reply_or_error(HttpRequest request);
    HttpResponse answer(const HttpRequest& request);
    HttpResponse recent(std::string type, const std::function<std::string(const MetricsSnapshot&)>& make);

    struct Rendered {
        SteadyTime at;
        std::string text;
    };
    Snapshot snapshot;
    std::map<std::string, Rendered> rendered;  ///< by content type
    std::optional<HttpServer> server;  ///< calls `reply_or_error`, so it must be destroyed before the others
};

HttpResponse MetricsServer::Impl::answer(const HttpRequest& request) {
    if (request.method != "GET" && request.method != "HEAD")
        return text_response(405, "only GET and HEAD are supported\n");
    const auto target = parse_target(request.target);
    if (!target) return text_response(400, target.error().message() + "\n");
    if (target->path == "/health")
        return recent("application/json", [](const auto& now) { return health_json(now.status); });
    if (target->path != "/metrics") return text_response(404, "see /metrics and /health\n");
    const MetricsFormat format = metrics_format(header(request, "Accept"));
    return recent(content_type(format), [&](const auto& now) { return metrics_text(now, format); });
}

/// Made anew once a second at most: rendering takes the daemon's time, and anybody on the machine can ask.
HttpResponse MetricsServer::Impl::recent(std::string type,
                                         const std::function<std::string(const MetricsSnapshot&)>& make) {
    const SteadyTime now = steady_now();
    const auto known = rendered.find(type);
    if (known == rendered.end() || now - known->second.at >= 1s) rendered[type] = {now, make(snapshot())};
    return {200, rendered[type].text, std::move(type)};
}

Task<HttpResponse> MetricsServer::Impl::reply_or_error(HttpRequest request) {
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
