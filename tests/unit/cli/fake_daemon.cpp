#include "fake_daemon.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace dockerext::test {

FakeDaemon::FakeDaemon(std::filesystem::path socket) : socket_(std::move(socket)) {
    auto handler = [this](HttpRequest request, PeerCredentials) { return respond(std::move(request)); };
    server_ = std::make_unique<HttpServer>(
        HttpServer::listen(io_.get_executor(), socket_, 0600, std::move(handler)).value());
    group_.spawn(server_->serve());
    thread_ = std::thread([this] { io_.run(); });
}

FakeDaemon::~FakeDaemon() {
    asio::post(io_, [this] { group_.cancel(); });
    thread_.join();
    server_.reset();
}

void FakeDaemon::answer(const std::string& request, std::vector<HttpResponse> responses) {
    const std::lock_guard lock(mutex_);
    answers_[request] = {responses.begin(), responses.end()};
}

std::vector<std::string> FakeDaemon::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

Task<HttpResponse> FakeDaemon::respond(HttpRequest request) {
    const std::lock_guard lock(mutex_);
    const std::string line = request.method + " " + request.target;
    requests_.push_back(request.body.empty() ? line : line + " " + request.body);
    const auto found = answers_.find(line);
    if (found == answers_.end()) co_return HttpResponse{404, R"({"error":"no such thing"})"};
    HttpResponse response = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    co_return response;
}

}  // namespace dockerext::test
