#include "fake_daemon.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace dockerext::test {
namespace {

constexpr std::string_view long_poll_prefix = "GET /v1/status?after=";

}  // namespace

FakeDaemon::FakeDaemon(std::filesystem::path socket) : socket_(std::move(socket)) {
    auto handler = [this](HttpRequest request, const Peer&) { return respond(std::move(request)); };
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
    scripts_[request] = {{responses.begin(), responses.end()}, false};
}

std::vector<std::string> FakeDaemon::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

FakeDaemon::Script* FakeDaemon::script_of(const HttpRequest& request) {
    const std::string line = request.method + " " + request.target;
    auto found = scripts_.find(line);
    if (found == scripts_.end() && line.starts_with(long_poll_prefix))
        found = scripts_.find("GET /v1/status");
    return found == scripts_.end() ? nullptr : &found->second;
}

HttpResponse FakeDaemon::next_of(Script& script) {
    const bool is_next_answer = has_next_answer(script);
    if (script.was_given && script.answers.size() > 1) script.answers.pop_front();
    script.was_given = true;
    HttpResponse response = script.answers.front();
    const std::string counted = R"("change":0)";
    const auto at = response.body.find(counted);
    if (at == std::string::npos) return response;
    if (is_next_answer) ++change_;
    response.body.replace(at, counted.size(), "\"change\":" + std::to_string(change_));
    return response;
}

Task<HttpResponse> FakeDaemon::respond(HttpRequest request) {
    {
        const std::lock_guard lock(mutex_);
        const std::string line = request.method + " " + request.target;
        requests_.push_back(request.body.empty() ? line : line + " " + request.body);
        Script* const script = script_of(request);
        if (script == nullptr) co_return HttpResponse{404, R"({"error":"no such thing"})"};
        const bool waits = line.starts_with(long_poll_prefix) && !has_next_answer(*script);
        if (!waits) co_return next_of(*script);
    }
    const std::string seconds = request.target.substr(request.target.rfind('=') + 1);
    (void)co_await sleep_for(std::chrono::seconds(std::stoi(seconds)));
    const std::lock_guard lock(mutex_);
    co_return next_of(*script_of(request));
}

}  // namespace dockerext::test
