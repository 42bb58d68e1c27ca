#include "base/resolver.hpp"

#include "base/off_loop.hpp"
#include "base/timeout.hpp"

#include <netdb.h>

#include <cstring>

namespace dockerext {
namespace {

using Endpoint = asio::ip::tcp::endpoint;

std::vector<Endpoint> endpoints(const addrinfo* found, std::uint16_t port) {
    std::vector<Endpoint> all;
    for (; found != nullptr; found = found->ai_next) {
        Endpoint endpoint;
        if (found->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), found->ai_addr, found->ai_addrlen);
        endpoint.resize(found->ai_addrlen);
        endpoint.port(port);
        all.push_back(endpoint);
    }
    return all;
}

Result<std::vector<Endpoint>> look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int problem = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (problem != 0) return Error(ErrorKind::unavailable, ::gai_strerror(problem));
    auto all = endpoints(found, port);
    ::freeaddrinfo(found);
    return all;
}

}  // namespace

Task<Result<std::vector<Endpoint>>> resolve(std::string host, std::uint16_t port, Duration limit) {
    boost::system::error_code not_numeric;
    const auto address = asio::ip::make_address(host, not_numeric);
    if (!not_numeric) co_return std::vector{Endpoint(address, port)};

    const std::string doing = "look up " + host;
    std::function<Result<std::vector<Endpoint>>(std::stop_token)> looking_up =
        [host, port, doing](const std::stop_token&) -> Result<std::vector<Endpoint>> {
        auto found = look_up(host, port);
        if (!found) return found.error().within(doing);
        return found;
    };
    auto waiting = with_timeout(limit, doing + ": no answer in time", off_loop(std::move(looking_up)));
    co_return co_await std::move(waiting);
}

}  // namespace dockerext
