#include "registry/manifests.hpp"

#include <boost/asio/ip/address.hpp>

#include <utility>

namespace dockerext::registry {
namespace {

using namespace std::chrono_literals;

constexpr Duration request_limit = 30s;
constexpr unsigned http_ok = 200;
constexpr unsigned http_unauthorized = 401;

bool is_loopback(const std::string& host) {
    boost::system::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    return host == "localhost" || (!not_an_address && address.is_loopback());
}

bool is_redirect(unsigned status) { return status == 302 || status == 303 || status == 307 || status == 308; }

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
        if (response && response->status == http_unauthorized && !authorization_) {
            auto logging_in = log_in(response->headers["www-authenticate"]);
            const auto logged_in = co_await std::move(logging_in);
            if (!logged_in) co_return logged_in.error();
            auto asking_again = send(request);
            response = co_await std::move(asking_again);
        }
        if (response && is_redirect(response->status)) {
            auto following = follow(response->headers["location"]);
            response = co_await std::move(following);
        }
        co_return accepted(std::move(response));
    }

private:
    /// The engine, too, accepts that a registry on this machine speaks no TLS.
    Task<Result<WebResponse>> send(HttpRequest request) {
        if (authorization_) request.headers.emplace_back("Authorization", authorization_->reveal());
        auto asking = send_web_request(reference_.server, request, request_limit);
        auto response = co_await std::move(asking);
        const bool is_without_tls = !response && response.error().kind() == ErrorKind::unavailable &&
                                    reference_.server.scheme == WebServer::Scheme::https &&
                                    is_loopback(reference_.server.host);
        if (!is_without_tls) co_return response;
        WebServer in_the_clear = reference_.server;
        in_the_clear.scheme = WebServer::Scheme::http;
        auto asking_again = send_web_request(in_the_clear, std::move(request), request_limit);
        response = co_await std::move(asking_again);
        if (response) reference_.server = std::move(in_the_clear);
        co_return response;
    }

    Result<WebResponse> accepted(Result<WebResponse> response) {
        if (!response || response->status == http_ok) return response;
        retry_after_ = response->retry_after;
        refused_ = true;
        return refusal(response->status, reference_, login_.has_value());
    }

    /// Contents are often stored elsewhere. The login is for the registry only.
    Task<Result<WebResponse>> follow(std::string location) {
        auto address = parse_address(location, reference_.server.scheme);
        if (!address) co_return address.error();
        HttpRequest request{.method = "GET", .target = std::move(address->second)};
        auto asking = send_web_request(std::move(address->first), std::move(request), request_limit);
        co_return co_await std::move(asking);
    }

    Task<Result<>> log_in(std::string header) {
        const auto challenge = parse_challenge(header, reference_.server.scheme);
        if (!challenge) co_return challenge.error();
        std::optional<Secret> basic;
        if (login_) basic = basic_authorization(login_->username, login_->password);
        if (challenge->is_basic) {
            authorization_ = std::move(basic);
            if (!authorization_) co_return refusal(http_unauthorized, reference_, false);
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

Task<Result<WallTime>> ask_creation_time(Conversation& conversation, std::string platform) {
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

Task<Answer<WallTime>> creation_time(Reference reference, std::string platform, Login login) {
    Conversation conversation(std::move(reference), std::move(login));
    auto asking = ask_creation_time(conversation, std::move(platform));
    auto time = co_await std::move(asking);
    co_return Answer<WallTime>{std::move(time), conversation.retry_after(), conversation.is_refused()};
}

}  // namespace dockerext::registry
