#include "base/web_client.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Tcp = asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// A loopback server that answers one connection with `answer`, whatever the request.
struct WebClientTest : testing::Test {
    asio::io_context io;
    Tcp::acceptor acceptor{io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::string answer, received;

    Task<void> serve() {
        auto [refused, socket] = co_await acceptor.async_accept(as_result);
        if (refused) co_return;
        const auto [unheard, size] =
            co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", as_result);
        if (unheard || answer.empty()) co_await sleep_for(1h);
        co_await asio::async_write(socket, asio::buffer(answer), as_result);
    }

    Task<Result<WebResponse>> ask(WebServer server, Duration limit) {
        TaskGroup server_tasks(io.get_executor());
        server_tasks.spawn(serve());
        HttpRequest request{.method = "GET", .target = "/thing?secret=1", .headers = {{"X-Mark", "yes"}}};
        auto asking = send_web_request(std::move(server), std::move(request), limit);
        auto result = co_await std::move(asking);
        server_tasks.cancel();
        co_await server_tasks.join();
        co_return result;
    }

    Result<WebResponse> ask(std::string bytes, std::string host = "127.0.0.1", Duration limit = 30s,
                            WebServer::Scheme scheme = WebServer::Scheme::http) {
        answer = std::move(bytes);
        return test::run(io, ask({scheme, std::move(host), acceptor.local_endpoint().port()}, limit));
    }
};

TEST_F(WebClientTest, SendsARequestAndReturnsStatusAndBody) {
    const std::string port = std::to_string(acceptor.local_endpoint().port());
    for (const std::string host : {"127.0.0.1", "localhost"}) {
        const auto got = ask("HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\ntext", host);
        ASSERT_TRUE(got) << got.error().message();
        EXPECT_EQ(got->status, 429U);
        EXPECT_EQ(got->body.reveal(), "text");
        EXPECT_EQ(got->retry_after, 7s);
        EXPECT_THAT(received,
                    HasSubstr("GET /thing?secret=1 HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n"));
        EXPECT_THAT(received, HasSubstr("\r\nX-Mark: yes\r\n"));
        received.clear();
    }
}

TEST_F(WebClientTest, IgnoresARetryAfterThatIsNotANumber) {
    for (const std::string pause : {"", "-1", "1.5", "Wed, 21 Oct 2015 07:28:00 GMT", "99999999999999"})
        EXPECT_EQ(
            ask("HTTP/1.1 503 No\r\nRetry-After: " + pause + "\r\nContent-Length: 0\r\n\r\n")->retry_after,
            std::nullopt)
            << pause;
}

TEST_F(WebClientTest, ErrorsNameTheServerButNotTheQuery) {
    EXPECT_EQ(ask("garbage\r\n\r\n")
                  .error()
                  .message()
                  .find("127.0.0.1: GET /thing: read: the response is not HTTP"),
              0U);
    EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n").error().message(),
              "127.0.0.1: GET /thing: read: the response is too large");
    const auto silent = ask("", "127.0.0.1", 50ms);
    EXPECT_EQ(silent.error().kind(), ErrorKind::timeout);
    EXPECT_EQ(silent.error().message(), "127.0.0.1: GET /thing: read: no answer in time");
    const auto nowhere = ask("HTTP/1.1 200 OK\r\n\r\n", "no-such-host.invalid");
    EXPECT_THAT(nowhere.error().message(), HasSubstr("look up no-such-host.invalid"));
    const auto no_tls = ask("HTTP/1.1 200 OK\r\n\r\n", "127.0.0.1", 30s, WebServer::Scheme::https);
    EXPECT_EQ(no_tls.error().kind(), ErrorKind::unavailable);
}

}  // namespace
}  // namespace dockerext
