#include "report/metrics_server.hpp"

#include "base/clock.hpp"
#include "base/http_server.hpp"
#include "support/run.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace dockerext::report {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Tcp = asio::ip::tcp;

struct MetricsServerTest : testing::Test {
    asio::io_context io;
    Counters counters;
    int snapshots = 0;
    Tcp::socket reserved{io};  ///< keeps the port from others
    TcpAddress address = free_address();
    std::unique_ptr<MetricsServer> server = listen().value();

    MetricsServerTest() { test::start(io, server->serve()); }

    TcpAddress free_address() {
        reserved.open(Tcp::v4());
        reserved.set_option(Tcp::socket::reuse_address(true));
        reserved.bind({asio::ip::address_v4::loopback(), 0});
        return {"127.0.0.1", reserved.local_endpoint().port()};
    }
    Result<std::unique_ptr<MetricsServer>> listen() {
        return MetricsServer::listen(io.get_executor(), address, [this] {
            ++snapshots;
            MetricsSnapshot snapshot;
            snapshot.counters = &counters;
            return snapshot;
        });
    }
    Tcp::socket connect() {
        Tcp::socket socket(io);
        socket.connect({asio::ip::make_address(address.host), address.port});
        return socket;
    }
    /// Everything received for `request` until the server closes the connection.
    std::string ask(const std::string& request) {
        Tcp::socket socket = connect();
        asio::write(socket, asio::buffer(request));
        std::string got;
        bool closed = false;
        asio::async_read(socket, asio::dynamic_buffer(got), [&](auto, auto) { closed = true; });
        EXPECT_TRUE(test::run_until(io, [&] { return closed; }));
        return got;
    }
    std::string ask(const std::string& line, const std::string& headers) {
        return ask(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
    }
};

TEST_F(MetricsServerTest, ServesMetricsInTheFormatThatIsAskedFor) {
    const std::string plain = ask("GET /metrics", "");
    EXPECT_THAT(plain, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(plain, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    EXPECT_THAT(plain, HasSubstr("\ndockerextd_converged 0\n"));
    const std::string open = ask("GET /metrics", "accept: application/openmetrics-text;version=1.0.0\r\n");
    EXPECT_THAT(open,
                HasSubstr("Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"));
    EXPECT_THAT(open, testing::EndsWith("# EOF\n"));
}

TEST_F(MetricsServerTest, ServesTheHealth) {
    const std::string health = ask("GET /health", "");
    EXPECT_THAT(health, HasSubstr("Content-Type: application/json\r\n"));
    EXPECT_THAT(health, testing::EndsWith("\r\n\r\n{\"ApplicationHealthState\":\"Unhealthy\"}"));
}

TEST_F(MetricsServerTest, RendersOncePerSecondAtMost) {
    const SteadyTime begin = steady_now();
    for (int i = 0; i < 50; ++i) ask("GET /metrics", "");
    EXPECT_LE(snapshots, 1 + (steady_now() - begin) / std::chrono::seconds(1));
}

TEST_F(MetricsServerTest, AnswersHeadWithoutABody) {
    const std::string head = ask("HEAD /health", "");
    EXPECT_THAT(head, HasSubstr("Content-Length: 38\r\n"));
    EXPECT_THAT(head, testing::EndsWith("\r\n\r\n"));
}

TEST_F(MetricsServerTest, RefusesEverythingElse) {
    EXPECT_THAT(ask("POST /metrics", ""), StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(ask("GET /v1/status", ""), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask("GET http://x/metrics", ""), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("what is this\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("PUT /metrics", "Content-Length: 65537\r\n"), StartsWith("HTTP/1.1 413 "));
}

TEST_F(MetricsServerTest, ServesAFewConnectionsAtOnce) {
    std::deque<Tcp::socket> idle;
    for (int i = 0; i < 15; ++i) idle.push_back(connect());
    EXPECT_THAT(ask("GET /health", ""), StartsWith("HTTP/1.1 200 ")) << "one is left";
    idle.push_back(connect());
    Tcp::socket waiting = connect();
    asio::write(waiting, asio::buffer("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"s));
    std::string got;
    bool closed = false;
    asio::async_read(waiting, asio::dynamic_buffer(got), [&](auto, auto) { closed = true; });
    for (int i = 0; i < 100; ++i) io.poll();
    EXPECT_FALSE(closed);
    idle.pop_front();
    EXPECT_TRUE(test::run_until(io, [&] { return closed; }));
    EXPECT_THAT(got, StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsServerTest, SaysThatThePortIsTaken) {
    const auto second = listen();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message(), "listen on " + to_string(address) + ": Address already in use");
}

}  // namespace
}  // namespace dockerext::report
