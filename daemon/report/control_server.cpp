#include "report/control_server.hpp"

#include "base/http_server.hpp"
#include "base/json_document.hpp"
#include "base/json_writer.hpp"
#include "report/request_target.hpp"

#include <grp.h>
#include <unistd.h>

#include <array>
#include <optional>

namespace dockerext::report {
namespace {

constexpr JsonLimits body_limits{.bytes = std::size_t{4} << 20};

HttpResponse refusal(unsigned status, std::string_view reason) {
    JsonWriter json;
    json.begin_object();
    json.text("error", reason);
    json.end_object();
    return {status, json.take()};
}

/// The mode and group of the socket decide who may connect at all.
bool may_write(const PeerCredentials& peer) { return peer.uid == 0 || peer.uid == ::geteuid(); }

/// Checks that apply to every request.
std::optional<HttpResponse> check_request(const HttpRequest& request, const PeerCredentials& peer) {
    if (request.method != "GET" && request.method != "POST")
        return refusal(405, "only GET and POST are supported");
    if (request.method != "GET" && !may_write(peer))
        return refusal(403, "only root may do this; run it with sudo");
    if (request.body.empty()) return std::nullopt;
    const auto body = JsonDocument::parse(request.body, JsonDialect::strict, body_limits);
    if (!body) return refusal(400, body.error().within("the body is not JSON").message());
    return std::nullopt;
}

/// Gives the group `docker` read access: it controls the engine in any case. Without that group, only root
/// has access.
void chown_to_docker_group(const std::filesystem::path& socket) {
    group entry{};
    group* found = nullptr;
    std::array<char, 16384> space{};
    ::getgrnam_r("docker", &entry, space.data(), space.size(), &found);
    if (found != nullptr && ::chown(socket.c_str(), static_cast<uid_t>(-1), found->gr_gid) != 0) {
        return;  // not root: the socket keeps its owner and group
    }
}

}  // namespace

struct ControlServer::Impl {
    explicit Impl(Handler handler_) : handler(std::move(handler_)) {}

    Task<HttpResponse> answer(HttpRequest request, Peer peer) const;

    Handler handler;
    std::optional<HttpServer> server;  ///< calls `answer`, so it must be destroyed before `handler`
};

Task<HttpResponse> ControlServer::Impl::answer(HttpRequest request, Peer peer) const {
    if (auto refused = check_request(request, peer)) co_return std::move(*refused);
    auto target = parse_target(request.target);
    if (!target) co_return refusal(400, target.error().message());
    ControlRequest control_request;
    control_request.method = std::move(request.method);
    control_request.path = std::move(target->path);
    control_request.query = std::move(target->query);
    control_request.accept = header(request, "Accept");
    control_request.body = Secret(std::move(request.body));
    control_request.user = peer.uid;
    control_request.gone = std::move(peer.gone);
    ControlResponse control_response = co_await handler(std::move(control_request));
    co_return HttpResponse{control_response.status, std::move(control_response.body),
                           std::move(control_response.content_type)};
}

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ControlServer::~ControlServer() = default;

Result<std::unique_ptr<ControlServer>> ControlServer::listen(const asio::any_io_executor& executor,
                                                             const std::filesystem::path& socket,
                                                             Handler handler) {
    auto impl = std::make_unique<Impl>(std::move(handler));
    const auto answer = [owner = impl.get()](HttpRequest request, Peer peer) {
        return owner->answer(std::move(request), std::move(peer));
    };
    auto server = HttpServer::listen(executor, socket, 0660, answer);
    if (!server) return server.error();
    impl->server.emplace(std::move(*server));
    chown_to_docker_group(socket);
    return std::unique_ptr<ControlServer>(new ControlServer(std::move(impl)));
}

Task<void> ControlServer::serve() { return impl_->server->serve(); }

}  // namespace dockerext::report
