#include "registry/manifests.hpp"

#include <boost/asio/ip/address.hpp>

#include <utility>

namespace dockerext::registry {
namespace {

using namespace std::chrono_literals;

constexpr Duration request_limit = 30s;
constexpr int max_redirects = 5;
constexpr unsigned http_ok = 200;
constexpr unsigned http_bad_request = 400;  ///< to a request without TLS, if it has to be with
constexpr unsigned http_unauthorized = 401;

bool is_loopback(const std::string& host) {
    boost::system::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    return host == "localhost" || (!not_an_address && address.is_loopback());
}

bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// The engine, too, accepts that a registry on this machine speaks no TLS; `server`, which outlives the call,
/// is then without.
Task<Result<WebResponse>> send_to_registry(WebServer& server, HttpRequest request) {
    auto asking = send_web_request(server, request, request_limit);
    auto response = co_await std::move(asking);
    const bool is_without_tls = !response && response.error().kind() == ErrorKind::unavailable &&
                                server.scheme == WebServer::Scheme::https && is_loopback(server.host);
    if (!is_without_tls) co_return response;
    WebServer in_the_clear = server;
    in_the_clear.scheme = WebServer::Scheme::http;
    auto asking_again = send_web_request(in_the_clear, std::move(request), request_limit);
    auto clear = co_await std::move(asking_again);
    const bool speaks_tls = !clear || clear->status == http_bad_request;
    if (speaks_tls) co_return response;
    server = std::move(in_the_clear);
    co_return clear;
}

bool is_same(const WebServer& one, const WebServer& other) {
    return one.scheme == other.scheme && one.host == other.host && one.port == other.port;
}

/// Questions to the repository of one reference, one after another; logs in when it must.
class Conversation {
public:
    Conversation(Reference reference, Login login)
        : reference_(std::move(reference)), login_(std::move(login)) {}

    const Reference& reference() const noexcept { return reference_; }
    /// The pause that the last refusal asked for.
    std::optional<std::chrono::seconds> retry_after() const noexcept { return retry_after_; }
    bool is_refused() const noexcept { return refused_; }

    /// The answer 200; any other is an error.
    Task<Result<WebResponse>> ask(HttpRequest request) {
        auto asking = send(request);
        auto response = co_await std::move(asking);
        if (response && response->status == http_unauthorized && !authorization_ && !is_elsewhere_) {
            auto logging_in = log_in(response->headers["www-authenticate"]);
            const auto logged_in = co_await std::move(logging_in);
            if (!logged_in) co_return logged_in.error();
            auto asking_again = send(request);
            response = co_await std::move(asking_again);
        }
        co_return accepted(std::move(response));
    }

private:
    /// Follows redirects. The login is for the registry only.
    Task<Result<WebResponse>> send(HttpRequest request) {
        if (reference_.server.host.empty())
            co_return Error(ErrorKind::invalid_input, "the image's registry is not host[:port]");
        WebServer server = reference_.server;
        for (int redirects = 0; redirects <= max_redirects; ++redirects) {
            HttpRequest attempt = request;
            is_elsewhere_ = !is_same(server, reference_.server);
            if (authorization_ && !is_elsewhere_)
                attempt.headers.emplace_back("Authorization", authorization_->reveal());
            auto sending = is_elsewhere_ ? send_web_request(server, std::move(attempt), request_limit)
                                         : send_to_registry(reference_.server, std::move(attempt));
            auto response = co_await std::move(sending);
            if (!response || !is_redirect(response->status)) co_return response;
            if (!is_elsewhere_) server = reference_.server;  // it may speak no TLS
            auto address = parse_address(response->headers["location"], server);
            if (!address) co_return address.error();
            server = std::move(address->first);
            request.target = std::move(address->second);
        }
        co_return Error(ErrorKind::unavailable, reference_.server.host + " refers from address to address");
    }

    Result<WebResponse> accepted(Result<WebResponse> response) {
        if (!response || response->status == http_ok) return response;
        retry_after_ = response->retry_after;
        refused_ = is_final(response->status) && !is_elsewhere_;
        return refusal(response->status, reference_, login_.has_value());
    }

    Task<Result<>> log_in(std::string header) {
        const auto challenge = parse_challenge(header, reference_.server);
        if (!challenge) co_return challenge.error();
        std::optional<Secret> basic;
        if (login_) basic = basic_authorization(login_->username, login_->password);
        if (challenge->is_basic) {
            refused_ = !basic;
            if (!basic) co_return refusal(http_unauthorized, reference_, false);
            authorization_ = std::move(basic);
            co_return Result<>();
        }
        HttpRequest request{.method = "GET", .target = challenge->target};
        if (basic) request.headers.emplace_back("Authorization", basic->reveal());
        auto asking = send_web_request(challenge->server, std::move(request), request_limit);
        const auto response = accepted(co_await std::move(asking));
        if (!response) co_return response.error();
        auto bearer = bearer_authorization(response->body.reveal());
        if (!bearer) co_return bearer.error();
        authorization_ = std::move(*bearer);
        co_return Result<>();
    }

    Reference reference_;
    Login login_;
    std::optional<Secret> authorization_;
    std::optional<std::chrono::seconds> retry_after_;
    bool refused_ = false;
    bool is_elsewhere_ = false;  ///< the last answer came from another server, to which the registry referred
};

/// A list leads to the manifest for the platform, and a manifest to the image's configuration.
Task<Result<std::string>> config_digest(Conversation& conversation, std::string platform) {
    constexpr int max_manifests = 2;
    Reference manifest = conversation.reference();
    for (int number = 0; number < max_manifests; ++number) {
        auto asking = conversation.ask(manifest_request("GET", manifest));
        const auto answer = co_await std::move(asking);
        if (!answer) co_return answer.error();
        auto target = target_of(answer->body.reveal(), platform);
        if (!target) co_return target.error();
        if (!target->config.empty()) co_return std::move(target->config);
        manifest.tag = std::move(target->manifest);
    }
    co_return Error(ErrorKind::unavailable, "the image's manifest is a list of lists");
}

Task<Result<std::optional<WallTime>>> ask_creation_time(Conversation& conversation, std::string platform) {
    auto finding = config_digest(conversation, std::move(platform));
    const auto digest = co_await std::move(finding);
    if (!digest) co_return digest.error();
    auto asking = conversation.ask(blob_request(conversation.reference(), *digest));
    const auto config = co_await std::move(asking);
    if (!config) co_return config.error();
    co_return creation_time_in(config->body.reveal());
}

}  // namespace

Task<Answer<std::string>> current_digest(Reference reference, Login login) {
    Conversation conversation(std::move(reference), std::move(login));
    auto asking = conversation.ask(manifest_request("HEAD", conversation.reference()));
    const auto answer = co_await std::move(asking);
    co_return Answer<std::string>{answer ? digest_of(*answer) : answer.error(), conversation.retry_after(),
                                  conversation.is_refused()};
}

Task<Answer<std::optional<WallTime>>> creation_time(Reference reference, std::string platform, Login login) {
    Conversation conversation(std::move(reference), std::move(login));
    auto asking = ask_creation_time(conversation, std::move(platform));
    auto time = co_await std::move(asking);
    co_return Answer<std::optional<WallTime>>{std::move(time), conversation.retry_after(),
                                              conversation.is_refused()};
}

Task<Result<Reached>> reach(WebServer server) {
    HttpRequest request{.method = "GET", .target = "/v2/"};
    auto asking = send_to_registry(server, std::move(request));
    const auto response = co_await std::move(asking);
    if (!response) co_return response.error();
    const auto date = response->headers.find("date");
    Reached reached{response->status, std::nullopt};
    if (date != response->headers.end()) reached.time = parse_http_date(date->second);
    co_return reached;
}

}  // namespace dockerext::registry
