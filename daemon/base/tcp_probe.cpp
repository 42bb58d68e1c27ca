#include "base/tcp_probe.hpp"

#include "base/task_group.hpp"
#include "base/timeout.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>

namespace dockerext {
namespace {

struct Candidate {
    TcpAddress address;
    bool accepts = false;
};

/// `candidate` outlives the call.
Task<void> try_connect(Candidate& candidate) {
    boost::system::error_code not_numeric;
    const auto host = asio::ip::make_address(candidate.address.host, not_numeric);
    if (not_numeric) co_return;
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    const asio::ip::tcp::endpoint endpoint(host, candidate.address.port);
    const auto [error] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
    candidate.accepts = !error;
}

/// `candidates` outlive the call.
Task<void> try_all(std::vector<Candidate>& candidates) {
    TaskGroup attempts(co_await asio::this_coro::executor);
    for (Candidate& candidate : candidates) attempts.spawn(try_connect(candidate));
    co_await attempts.join();
}

}  // namespace

Task<std::vector<TcpAddress>> accepting(std::vector<TcpAddress> candidates, Duration limit) {
    std::vector<Candidate> tried;
    for (TcpAddress& address : candidates) tried.push_back({.address = std::move(address)});
    auto trying = try_all(tried);
    (void)co_await race(std::move(trying), limit);
    std::vector<TcpAddress> found;
    for (Candidate& candidate : tried) {
        if (candidate.accepts) found.push_back(std::move(candidate.address));
    }
    co_return found;
}

}  // namespace dockerext
