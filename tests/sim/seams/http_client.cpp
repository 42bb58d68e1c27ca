// Replaces base/http_client.cpp: sockets lead to modelled engines.
#include "base/http_client.hpp"

#include "wire.hpp"

#include <boost/asio/this_coro.hpp>

namespace dockerext {
namespace {

SteadyTime end_of(Duration limit) {
    return limit < SteadyTime::max() - steady_now() ? steady_now() + limit : SteadyTime::max();
}

Error broken() { return {ErrorKind::unavailable, "the connection was closed"}; }

/// Waits for the call's answer, at most `limit`.
Task<Result<HttpResponse>> answer_to(std::shared_ptr<sim::Call> call, Duration limit) {
    co_await call->timer.wait_until(end_of(limit));
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return Error(ErrorKind::cancelled, "call");
    co_return call->result;
}

}  // namespace

struct HttpClient::Pool {
    asio::any_io_executor executor;
    std::filesystem::path socket;
};
struct HttpStream::Connection {
    std::shared_ptr<sim::Stream> stream;
    unsigned status;
};

HttpStream::HttpStream(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
HttpStream::HttpStream(HttpStream&&) noexcept = default;
HttpStream& HttpStream::operator=(HttpStream&&) noexcept = default;
HttpStream::~HttpStream() = default;
unsigned HttpStream::status() const noexcept { return connection_->status; }

Task<Result<std::string>> HttpStream::read(Duration inactivity) {
    const auto stream = connection_->stream;
    const bool is_cancelled_already = co_await is_cancelled();
    if (is_cancelled_already) co_return Error(ErrorKind::cancelled, "read");
    bool silent = false;
    if (stream->pieces.empty() && !stream->closed && !stream->broken)
        silent = co_await stream->timer.wait_until(end_of(inactivity));
    if (silent) co_return Error(ErrorKind::timeout, "read");
    if (stream->broken) co_return broken();
    if (stream->pieces.empty() && !stream->closed) co_return Error(ErrorKind::cancelled, "read");
    if (stream->pieces.empty()) co_return std::string();
    std::string piece = std::move(stream->pieces.front());
    stream->pieces.pop_front();
    co_return piece;
}

HttpClient::HttpClient(const asio::any_io_executor& executor, std::filesystem::path socket)
    : pool_(std::make_unique<Pool>(Pool{executor, std::move(socket)})) {}
HttpClient::~HttpClient() = default;

Task<Result<HttpResponse>> HttpClient::send(HttpRequest request, Duration limit) {
    const std::shared_ptr<sim::Call> call(new sim::Call{Timer(pool_->executor)});
    sim::Wire::at(pool_->socket).send(std::move(request), call, {});
    auto answering = answer_to(call, limit);
    co_return co_await std::move(answering);
}

Task<Result<HttpStream>> HttpClient::open(HttpRequest request, Duration limit) {
    const std::shared_ptr<sim::Call> call(new sim::Call{Timer(pool_->executor)});
    const std::shared_ptr<sim::Stream> stream(new sim::Stream{Timer(pool_->executor)});
    sim::Wire::at(pool_->socket).send(std::move(request), call, stream);
    auto answering = answer_to(call, limit);
    const auto answer = co_await std::move(answering);
    if (!answer) co_return answer.error();
    if (!answer->body.empty()) {
        stream->push(answer->body);
        stream->close();
    }
    auto connection =
        std::make_unique<HttpStream::Connection>(HttpStream::Connection{stream, answer->status});
    co_return HttpStream(std::move(connection));
}

}  // namespace dockerext
