#include "cli/daemon_client.hpp"

#include "base/spawn.hpp"

namespace dockerext::cli {

Result<HttpResponse> DaemonClient::get(std::string target, Duration limit) const {
    HttpRequest request;
    request.target = std::move(target);
    return ask(std::move(request), limit);
}

Result<HttpResponse> DaemonClient::post(std::string target, std::string body, Duration limit) const {
    HttpRequest request;
    request.method = "POST";
    request.target = std::move(target);
    request.body = std::move(body);
    return ask(std::move(request), limit);
}

Result<HttpResponse> DaemonClient::ask(HttpRequest request, Duration limit) const {
    asio::io_context io(1);
    HttpClient client(io.get_executor(), socket_);
    auto answer = run_alone(io, client.send(std::move(request), limit));
    if (!answer) return answer.error().within("cannot reach the daemon");
    return answer;
}

}  // namespace dockerext::cli
