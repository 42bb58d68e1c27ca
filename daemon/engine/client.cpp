#include "engine/client.hpp"

#include "base/clock.hpp"
#include "base/url.hpp"
#include "engine/call_name.hpp"
#include "engine/response.hpp"

#include <algorithm>
#include <charconv>

namespace dockerext::engine {
namespace {

constexpr ApiVersion oldest{1, 40};
constexpr ApiVersion newest{1, 47};
constexpr std::size_t longest_refusal = 64U << 10;

/// Parses "1.41"; {0, 0} for anything else.
ApiVersion parse_version(std::string_view text) {
    ApiVersion version{0, 0};
    const char* end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return {0, 0};
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    return minor.ec == std::errc() && minor.ptr == end ? version : ApiVersion{0, 0};
}

Error too_old(const EngineVersion& engine) {
    return {ErrorKind::invalid_input, "Docker Engine " + engine.version + " speaks API " +
                                          to_string(engine.api) + ", at least " + to_string(oldest) +
                                          " is needed: install Docker Engine 19.03 or newer"};
}

Error too_new(const EngineVersion& engine, ApiVersion least) {
    return {ErrorKind::invalid_input, "Docker Engine " + engine.version + " speaks API " + to_string(least) +
                                          " and newer, this program up to " + to_string(newest) +
                                          ": install a newer dockerextd or an older Docker Engine"};
}

Result<EngineVersion> version_in(std::string_view body) {
    const auto json = parse_json(body);
    if (!json) return json.error();
    EngineVersion engine{string_in(json->root(), "Version"),
                         parse_version(string_in(json->root(), "ApiVersion"))};
    if (engine.api == ApiVersion{0, 0}) {
        return Error(ErrorKind::unavailable, "the response has no ApiVersion: this is not a Docker Engine");
    }
    if (engine.api < oldest) return too_old(engine);
    const ApiVersion least = parse_version(string_in(json->root(), "MinAPIVersion"));
    if (least > newest) return too_new(engine, least);
    engine.api = std::min(engine.api, newest);
    return engine;
}

bool is_success(unsigned status) { return status >= 200 && status < 300; }

/// The useful part of the body of a refused stream; `stream` outlives the call.
Task<Result<std::string>> refusal_body(HttpStream& stream, Duration inactivity) {
    std::string body;
    while (body.size() < longest_refusal) {
        const auto piece = co_await stream.read(inactivity);
        if (!piece) co_return piece.error();
        if (piece->empty()) break;
        body += *piece;
    }
    co_return body;
}

}  // namespace

std::string to_string(ApiVersion version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor);
}

/// Registers a call as under way until it ends, however it ends.
class Client::PendingCall {
public:
    PendingCall(Client& client, CallClass call) : pending_calls_(client.pending_calls_) {
        ++client.calls_;
        const auto now = steady_now();
        start_ = pending_calls_->all.insert(now);
        if (call == CallClass::quick) quick_start_ = pending_calls_->quick.insert(now);
    }
    PendingCall(PendingCall&&) = delete;
    ~PendingCall() {
        pending_calls_->all.erase(start_);
        if (quick_start_) pending_calls_->quick.erase(*quick_start_);
    }

private:
    std::shared_ptr<PendingCalls> pending_calls_;
    StartTimes::iterator start_;
    std::optional<StartTimes::iterator> quick_start_;
};

Client::Client(const asio::any_io_executor& executor, std::filesystem::path socket)
    : http_(executor, std::move(socket)) {}

HttpRequest Client::versioned(HttpRequest request) const {
    request.target = "/v" + to_string(api_) + request.target;
    return request;
}

void Client::measured(std::string_view call, SteadyTime began) const {
    if (measured_) measured_(call, steady_now() - began);
}

Task<Result<HttpResponse>> Client::send(std::string_view name, HttpRequest request, Limit limit) {
    const PendingCall pending(*this, limit.call);
    const SteadyTime began = steady_now();
    auto response = co_await http_.send(std::move(request), limit.time);
    measured(name, began);
    co_return response;
}

void Client::set_redactor(Redactor redact) {
    settings_redactor_ = std::move(redact);
    redact_ = settings_redactor_;
    redact_.merge(token_redactor_);
}

void Client::set_token_redactor(Redactor redact) {
    token_redactor_ = std::move(redact);
    redact_ = settings_redactor_;
    redact_.merge(token_redactor_);
}

Task<Result<EngineVersion>> Client::negotiate() {
    const HttpRequest request{"GET", "/version", {}, {}};
    const auto response = co_await send(call_name(request.method, request.target), request, limits::query);
    if (!response) co_return response.error();
    if (!is_success(response->status)) co_return response_error(response->status, response->body, redact_);
    auto engine = version_in(response->body);
    if (!engine) co_return redacted(engine.error(), redact_);
    api_ = engine->api;
    co_return engine;
}

Task<Result<HttpResponse>> Client::call(HttpRequest request, Limit limit, unsigned also_accepted) {
    const std::string_view name = call_name(request.method, request.target);
    auto response = co_await send(name, versioned(std::move(request)), limit);
    if (!response) co_return response.error();
    if (is_success(response->status) || response->status == also_accepted) co_return response;
    co_return response_error(response->status, response->body, redact_);
}

Task<Result<HttpStream>> Client::open(HttpRequest request, Limit limit) {
    const PendingCall pending(*this, limit.call);
    const std::string_view name = call_name(request.method, request.target);
    const SteadyTime began = steady_now();
    auto stream = co_await http_.open(versioned(std::move(request)), limit.time);
    measured(name, began);
    if (!stream) co_return stream.error();
    const unsigned status = stream->status();
    if (is_success(status)) co_return stream;
    const auto body = co_await refusal_body(*stream, limit.time);
    if (!body) co_return body.error();
    co_return response_error(status, *body, redact_);
}

Duration Client::oldest_age(const StartTimes& start_times) {
    if (start_times.empty()) return Duration::zero();
    return steady_now() - *start_times.begin();
}

Result<std::filesystem::path> parse_docker_host(std::string_view docker_host) {
    const auto url = split_url(docker_host);
    const std::string_view path = url && url->scheme == "unix" ? url->rest : docker_host;
    if (path.size() < 2 || !path.starts_with('/')) {
        return Error(ErrorKind::invalid_input, "the docker host '" + std::string(docker_host) +
                                                   "' is not a unix socket: expected unix:///path or /path");
    }
    return std::filesystem::path(path);
}

}  // namespace dockerext::engine
