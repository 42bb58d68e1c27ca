#include "base/resolver.hpp"

#include "base/timeout.hpp"
#include "base/unique_fd.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <sys/eventfd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

namespace dockerext {
namespace {

using Endpoint = asio::ip::tcp::endpoint;

/// A question, owned by who asked and by its thread: whoever is last takes it along.
struct Lookup {
    explicit Lookup(std::string name) : host(std::move(name)), done(::eventfd(0, EFD_CLOEXEC)) {}
    Lookup(Lookup&&) = delete;
    ~Lookup() {
        if (found != nullptr) ::freeaddrinfo(found);
    }

    void look_up() {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        problem = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
        answered.store(true, std::memory_order_release);
        (void)::eventfd_write(done.get(), 1);  // cannot fail: nobody else writes
    }

    std::string host;
    UniqueFd done;
    int problem = 0;
    addrinfo* found = nullptr;
    std::atomic<bool> answered = false;
};

Task<Result<>> answered(std::shared_ptr<Lookup> lookup) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const int fd = ::fcntl(lookup->done.get(), F_DUPFD_CLOEXEC, 0);  // the descriptor closes its own
    if (fd < 0) co_return Error::from_errno(errno, "wait for an event");
    asio::posix::stream_descriptor done(co_await asio::this_coro::executor, fd);
    // A wait may end because of what stood there before, when a number is used again: only the answer counts.
    while (!lookup->answered.load(std::memory_order_acquire)) {
        const auto [error] = co_await done.async_wait(asio::posix::stream_descriptor::wait_read,
                                                      asio::as_tuple(asio::use_awaitable));
        if (error) co_return Error(ErrorKind::cancelled, "cancelled");
    }
    co_return Result<>{};
}

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

Result<> begin(const std::shared_ptr<Lookup>& lookup) {
    if (!lookup->done) return Error::from_errno(errno, "make an event");
    try {
        std::thread([lookup] { lookup->look_up(); }).detach();
    } catch (const std::system_error& refused) {  // the only way it has to say so
        return Error::from_code(refused.code(), "begin a thread");
    }
    return {};
}

}  // namespace

Task<Result<std::vector<Endpoint>>> resolve(std::string host, std::uint16_t port, Duration limit) {
    boost::system::error_code not_numeric;
    const auto address = asio::ip::make_address(host, not_numeric);
    if (!not_numeric) co_return std::vector{Endpoint(address, port)};

    const std::string doing = "look up " + host;
    const auto lookup = std::make_shared<Lookup>(host);
    const Result<> begun = begin(lookup);
    if (!begun) co_return begun.error().within(doing);
    auto waiting = with_timeout(limit, doing + ": no answer in time", answered(lookup));
    const Result<> told = co_await std::move(waiting);
    if (!told) co_return told.error();
    if (lookup->problem != 0)
        co_return Error(ErrorKind::unavailable, doing + ": " + ::gai_strerror(lookup->problem));
    co_return endpoints(lookup->found, port);
}

}  // namespace dockerext
