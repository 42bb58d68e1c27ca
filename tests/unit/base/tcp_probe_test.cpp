#include "base/tcp_probe.hpp"

#include "support/run.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using testing::ElementsAre;
using testing::IsEmpty;

/// Listens at a port of its own.
struct Listener {
    explicit Listener(asio::io_context& io) : acceptor(io, tcp::endpoint(tcp::v4(), 0)) {}
    TcpAddress address() const { return {"127.0.0.1", acceptor.local_endpoint().port()}; }

    tcp::acceptor acceptor;
};

TEST(TcpProbe, FindsThoseThatAccept) {
    asio::io_context io;
    Listener one(io), other(io);
    TcpAddress closed;
    {
        const Listener gone(io);
        closed = gone.address();
    }
    const std::vector<TcpAddress> candidates{
        other.address(), closed, {"not an address", 1}, {"::1", closed.port}, one.address()};
    EXPECT_THAT(test::run(io, accepting(candidates, 10s)), ElementsAre(other.address(), one.address()));
    EXPECT_THAT(test::run(io, accepting({}, 10s)), IsEmpty());
}

TEST(TcpProbe, DoesNotWaitLongerThanAsked) {
    asio::io_context io;
    Listener full(io);
    full.acceptor.listen(0);
    std::vector<tcp::socket> waiting;  // the queue takes a few; then the kernel ignores further connections
    for (int i = 0; i < 4; ++i)
        waiting.emplace_back(io).async_connect(full.acceptor.local_endpoint(), [](const auto&) {});
    Listener answers(io);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_THAT(test::run(io, accepting({full.address(), answers.address()}, 200ms)),
                ElementsAre(answers.address()));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 200ms);
}

}  // namespace
}  // namespace dockerext
