#include "registry/manifests.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <vector>

namespace dockerext::registry {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using Tcp = asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::string digest_of_ones() { return "sha256:" + std::string(64, '1'); }

/// A loopback server that gives its answers in turn.
struct RegistryTest : testing::Test {
    asio::io_context io;
    Tcp::acceptor acceptor{io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::vector<std::string> answers, requests;

    std::string address() { return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()); }
    Reference reference() {
        return {{WebServer::Scheme::http, "127.0.0.1", acceptor.local_endpoint().port()}, "team/app", "1"};
    }
    static std::string answer(const std::string& head, const std::string& body = "") {
        return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    Task<void> serve() {
        for (const std::string& each : answers) {
            auto [refused, socket] = co_await acceptor.async_accept(as_result);
            if (refused) co_return;
            std::string received;
            const auto [unheard, size] = co_await asio::async_read_until(
                socket, asio::dynamic_buffer(received), "\r\n\r\n", as_result);
            if (unheard) co_return;
            requests.push_back(received);
            co_await asio::async_write(socket, asio::buffer(each), as_result);
        }
    }
    template <typename T>
    Task<T> beside_server(Task<T> question) {
        TaskGroup server(io.get_executor());
        server.spawn(serve());
        auto result = co_await std::move(question);
        server.cancel();
        co_await server.join();
        co_return result;
    }
    template <typename T>
    T ask(Task<T> question) {
        return test::run(io, beside_server(std::move(question)));
    }
};

TEST_F(RegistryTest, ADigestIsAskedForWithHead) {
    answers = {"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nDocker-Content-Digest: " + digest_of_ones() +
               "\r\n\r\n"};
    const auto digest = ask(current_digest(reference(), std::nullopt));
    ASSERT_TRUE(digest.result) << digest.result.error().message();
    EXPECT_EQ(*digest.result, digest_of_ones());
    EXPECT_THAT(requests, ElementsAre(HasSubstr("HEAD /v2/team/app/manifests/1 HTTP/1.1")));
}

TEST_F(RegistryTest, ATokenIsFetchedOnceAndTheLoginGoesOnlyToTheIssuer) {
    answers = {answer("401 No\r\nWWW-Authenticate: Bearer realm=\"" + address() + "/token\",service=\"s\""),
               answer("200 OK", R"({"token":"abc"})"),
               answer("200 OK\r\nDocker-Content-Digest: " + digest_of_ones())};
    const auto digest = ask(current_digest(reference(), model::PasswordLogin{"me", Secret("pass")}));
    ASSERT_TRUE(digest.result) << digest.result.error().message();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_THAT(requests[0], testing::Not(HasSubstr("Authorization")));
    EXPECT_THAT(requests[1], HasSubstr("GET /token?service=s"));
    EXPECT_THAT(requests[1], HasSubstr("Authorization: Basic bWU6cGFzcw=="));
    EXPECT_THAT(requests[2], HasSubstr("Authorization: Bearer abc"));
}

TEST_F(RegistryTest, ARefusedLoginIsFinal) {
    const std::string basic = answer("401 No\r\nWWW-Authenticate: Basic realm=\"x\"");
    answers = {basic, basic};
    const auto refused = ask(current_digest(reference(), model::PasswordLogin{"me", Secret("pass")}));
    EXPECT_EQ(refused.result.error().kind(), ErrorKind::invalid_input);
    EXPECT_THAT(refused.result.error().message(), HasSubstr("refuses our login for team/app"));
    answers = {basic};
    const auto missing = ask(current_digest(reference(), std::nullopt));
    EXPECT_THAT(missing.result.error().message(), HasSubstr("without a login"));
}

TEST_F(RegistryTest, ARateLimitTellsItsPause) {
    answers = {answer("429 Slow down\r\nRetry-After: 90")};
    const auto limited = ask(current_digest(reference(), std::nullopt));
    EXPECT_EQ(limited.result.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(limited.retry_after, 90s);
}

TEST_F(RegistryTest, TheCreationTimeIsFoundBehindAListAndARedirect) {
    const std::string config = R"({"config":{"digest":")" + digest_of_ones() + "\"}}";
    answers = {answer("401 No\r\nWWW-Authenticate: Basic realm=\"x\""),
               answer("200 OK", R"({"manifests":[{"digest":")" + digest_of_ones() +
                                    R"(","platform":{"os":"linux","architecture":"amd64"}}]})"),
               answer("200 OK", config), answer("307 There\r\nLocation: " + address() + "/store?signed=1"),
               answer("200 OK", R"({"created":"2024-05-01T10:00:00Z"})")};
    const auto time =
        ask(creation_time(reference(), "linux/amd64", model::PasswordLogin{"me", Secret("pass")}));
    ASSERT_TRUE(time.result) << time.result.error().message();
    EXPECT_EQ(**time.result - WallTime{}, 1714557600s);
    ASSERT_EQ(requests.size(), 5U);
    EXPECT_THAT(requests[2], HasSubstr("/manifests/" + digest_of_ones()));
    EXPECT_THAT(requests[3], HasSubstr("/v2/team/app/blobs/" + digest_of_ones()));
    EXPECT_THAT(requests[4], HasSubstr("GET /store?signed=1"));
}

TEST_F(RegistryTest, RedirectsKeepMethodAndForms) {
    answers = {answer("301 Moved\r\nLocation: /v2/new/app/manifests/1"),
               answer("200 OK\r\nDocker-Content-Digest: " + digest_of_ones())};
    const auto digest = ask(current_digest(reference(), std::nullopt));
    ASSERT_TRUE(digest.result) << digest.result.error().message();
    EXPECT_THAT(requests[1], HasSubstr("HEAD /v2/new/app/manifests/1"));
    EXPECT_THAT(requests[1], HasSubstr("Accept: "));
    answers.assign(6, answer("302 Round\r\nLocation: /v2/round"));
    EXPECT_THAT(ask(current_digest(reference(), std::nullopt)).result.error().message(),
                HasSubstr("from address to address"));
}

TEST_F(RegistryTest, ARedirectElsewhereNeedsTls) {
    answers = {answer("401 No\r\nWWW-Authenticate: Basic realm=\"x\""),
               answer("307 There\r\nLocation: " + address() + "/same"),
               answer("200 OK\r\nDocker-Content-Digest: " + digest_of_ones())};
    Reference named = reference();
    named.server.host =
        "localhost";  // another name of the same server, which is another server for all that is known
    const auto refused = ask(current_digest(named, model::PasswordLogin{"me", Secret("pass")}));
    EXPECT_THAT(refused.result.error().message(), HasSubstr("without https"));
    EXPECT_FALSE(refused.is_refused) << "the engine may know the way";
}

TEST_F(RegistryTest, WhatIsNotARegistrysAnswerIsNotFinal) {
    for (const char* status : {"407 Proxy", "502 Bad", "400 Bad"}) {
        answers = {answer(status)};
        EXPECT_FALSE(ask(current_digest(reference(), std::nullopt)).is_refused) << status;
    }
    answers = {answer("404 None")};
    EXPECT_TRUE(ask(current_digest(reference(), std::nullopt)).is_refused);
}

TEST_F(RegistryTest, ARegistryThatIsAwayIsUnavailable) {
    const Reference nowhere = reference();
    acceptor.close();
    const auto away = test::run(io, current_digest(nowhere, std::nullopt));
    EXPECT_EQ(away.result.error().kind(), ErrorKind::unavailable);
}

}  // namespace
}  // namespace dockerext::registry
