#include "base/http_client.hpp"

#include "base/http_message.hpp"
#include "base/timeout.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>

namespace dockerext {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Protocol = asio::local::stream_protocol;
using Stream = beast::basic_stream<Protocol>;
using namespace http_message;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t response_limit = std::uint64_t{64} << 20;
constexpr std::size_t buffer_limit = 256U << 10;
constexpr std::size_t piece_size = 8U << 10;
constexpr std::size_t max_idle = 16;

/// One socket, and the head of the answer that it is receiving.
struct Wire {
    explicit Wire(const asio::any_io_executor& executor) : stream(executor), received(buffer_limit) {}

    Stream stream;
    beast::flat_buffer received;
    std::optional<http::response_parser<http::empty_body>> head;
};
using WirePtr = std::unique_ptr<Wire>;

/// The result of sending a request and reading the head of its answer.
struct Exchange {
    beast::error_code error;
    std::string_view step;
    bool nothing_sent = false;
    bool nothing_received = false;
};

void expect_head(Wire& wire, const Message& message, boost::optional<std::uint64_t> body_size) {
    wire.head.emplace();
    wire.head->header_limit(header_limit);
    wire.head->body_limit(body_size);
    wire.head->skip(message.method() == http::verb::head);
}

/// `wire` and `message` outlive the call.
Task<Exchange> exchange(Wire& wire, const Message& message, TimePoint deadline,
                        boost::optional<std::uint64_t> limit) {
    expect_head(wire, message, limit);
    wire.stream.expires_at(deadline);

    const auto [write_error, sent] = co_await http::async_write(wire.stream, message, as_result);
    if (write_error) co_return Exchange{write_error, "write", sent == 0, true};
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return Exchange{asio::error::operation_aborted, "read", false, false};
    const auto [read_error, size] =
        co_await http::async_read_header(wire.stream, wire.received, *wire.head, as_result);
    co_return Exchange{read_error, "read", false, !wire.head->got_some() && wire.received.size() == 0};
}

/// Writes the head, then the body in chunks. A peer that stops reading has usually answered already, so that
/// is not an error. All arguments passed by reference outlive the call.
Task<Result<>> write_pieces(Wire& wire, const Message& message,
                            const std::function<Task<Result<std::string>>()>& next_piece, Duration limit) {
    http::serializer<true, Body, Fields> serializer(message);
    wire.stream.expires_at(deadline_after(limit));
    const auto [error, sent] = co_await http::async_write_header(wire.stream, serializer, as_result);
    if (error) co_return http_error(error, "write");
    for (;;) {
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return http_error(asio::error::operation_aborted, "write");
        auto asking = with_timeout(limit, "read the request body", next_piece());
        const auto piece = co_await std::move(asking);
        if (!piece) co_return piece.error();
        wire.stream.expires_at(deadline_after(limit));
        if (piece->empty()) break;
        const auto [broken, size] =
            co_await asio::async_write(wire.stream, http::make_chunk(asio::buffer(*piece)), as_result);
        if (broken == asio::error::broken_pipe || broken == asio::error::connection_reset)
            co_return Result<>{};
        if (broken) co_return http_error(broken, "write");
    }
    const auto [broken, size] = co_await asio::async_write(wire.stream, http::make_chunk_last(), as_result);
    if (broken == beast::error::timeout) co_return http_error(broken, "write");
    co_return Result<>{};
}

/// Whether the peer had closed a kept connection, and sending the request again cannot carry it out twice.
bool can_retry(const Exchange& exchange, const Message& message) {
    const bool closed = exchange.error == http::error::end_of_stream ||
                        exchange.error == asio::error::connection_reset ||
                        exchange.error == asio::error::broken_pipe;
    const bool is_idempotent = message.method() == http::verb::get || message.method() == http::verb::head ||
                               message.method() == http::verb::delete_;
    return closed && (exchange.nothing_sent || (is_idempotent && exchange.nothing_received));
}

/// Nothing may be readable on an idle connection: it could only be the connection's end or an unsolicited
/// answer.
bool is_reusable(Wire& wire) {
    char byte = 0;
    const auto peeked = ::recv(wire.stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

struct HttpClient::Pool {
    asio::any_io_executor executor;
    std::filesystem::path socket;
    std::vector<WirePtr> idle;

    WirePtr take();
    void keep(WirePtr wire, bool alive);
    Task<Result<>> connect(Wire& wire, TimePoint deadline) const;
    Task<Result<WirePtr>> send_request(const HttpRequest& request, TimePoint deadline,
                                       boost::optional<std::uint64_t> limit);
    Task<Result<WirePtr>> send_chunked(const HttpRequest& request, Duration limit);
};

/// A kept connection that is still good; null if there is none.
WirePtr HttpClient::Pool::take() {
    while (!idle.empty()) {
        WirePtr wire = std::move(idle.back());
        idle.pop_back();
        if (is_reusable(*wire)) return wire;
    }
    return nullptr;
}

void HttpClient::Pool::keep(WirePtr wire, bool alive) {
    if (!alive || wire->received.size() > 0 || idle.size() >= max_idle) return;
    wire->stream.expires_never();
    wire->received.shrink_to_fit();
    idle.push_back(std::move(wire));
}

Task<Result<>> HttpClient::Pool::connect(Wire& wire, TimePoint deadline) const {
    const std::string step = "connect " + socket.string();
    if (socket.native().size() >= sizeof(sockaddr_un::sun_path)) {
        co_return http_error(asio::error::name_too_long, step);
    }
    const Protocol::endpoint endpoint(socket.string());
    wire.stream.expires_at(deadline);
    const auto [error] = co_await wire.stream.async_connect(endpoint, as_result);
    if (error) co_return http_error(error, step);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return http_error(asio::error::operation_aborted, step);
    co_return Result<>{};
}

/// Sends `request` and reads the head of its answer; `request` outlives the call.
Task<Result<WirePtr>> HttpClient::Pool::send_request(const HttpRequest& request, TimePoint deadline,
                                                     boost::optional<std::uint64_t> limit) {
    const Message message = to_message(request, "localhost");
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return http_error(asio::error::operation_aborted, "write");

    while (WirePtr kept = take()) {
        const Exchange attempt = co_await exchange(*kept, message, deadline, limit);
        if (!attempt.error) co_return kept;
        if (!can_retry(attempt, message)) co_return http_error(attempt.error, attempt.step);
    }
    auto fresh = std::make_unique<Wire>(executor);
    const Result<> connected = co_await connect(*fresh, deadline);
    if (!connected) co_return connected.error();
    const Exchange done = co_await exchange(*fresh, message, deadline, limit);
    if (done.error) co_return http_error(done.error, done.step);
    co_return fresh;
}

/// The same for a body that comes in pieces. `request` outlives the call.
Task<Result<WirePtr>> HttpClient::Pool::send_chunked(const HttpRequest& request, Duration limit) {
    const Message message = to_message(request, "localhost");
    auto wire = std::make_unique<Wire>(executor);
    const Result<> connected = co_await connect(*wire, deadline_after(limit));
    if (!connected) co_return connected.error();
    expect_head(*wire, message, boost::none);
    const Result<> written = co_await write_pieces(*wire, message, request.next_piece, limit);
    if (!written) co_return written.error();
    const auto [error, size] =
        co_await http::async_read_header(wire->stream, wire->received, *wire->head, as_result);
    if (error) co_return http_error(error, "read");
    co_return wire;
}

HttpClient::HttpClient(const asio::any_io_executor& executor, std::filesystem::path socket)
    : pool_(std::make_unique<Pool>(Pool{executor, std::move(socket), {}})) {}
HttpClient::~HttpClient() = default;

Task<Result<HttpResponse>> HttpClient::send(HttpRequest request, Duration limit) {
    auto asked = co_await pool_->send_request(request, deadline_after(limit), response_limit);
    if (!asked) co_return asked.error().within(title(request));

    WirePtr wire = std::move(*asked);
    http::response_parser<http::string_body> parser(std::move(*wire->head));
    if (!parser.is_done()) {
        const auto [error, size] = co_await http::async_read(wire->stream, wire->received, parser, as_result);
        if (error) co_return http_error(error, "read").within(title(request));
    }
    HttpResponse response{parser.get().result_int(), std::move(parser.get().body())};
    pool_->keep(std::move(wire), parser.keep_alive());
    co_return response;
}

struct HttpStream::Connection {
    Connection(WirePtr taken, std::string asked)
        : wire(std::move(taken)), parser(std::move(*wire->head)), title(std::move(asked)) {}

    WirePtr wire;
    http::response_parser<http::buffer_body> parser;
    std::string title;
};

Task<Result<HttpStream>> HttpClient::open(HttpRequest request, Duration limit) {
    auto asking = request.next_piece ? pool_->send_chunked(request, limit)
                                     : pool_->send_request(request, deadline_after(limit), boost::none);
    auto asked = co_await std::move(asking);
    if (!asked) co_return asked.error().within(title(request));
    auto connection = std::make_unique<HttpStream::Connection>(std::move(*asked), title(request));
    co_return HttpStream(std::move(connection));
}

HttpStream::HttpStream(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
HttpStream::HttpStream(HttpStream&&) noexcept = default;
HttpStream& HttpStream::operator=(HttpStream&&) noexcept = default;
HttpStream::~HttpStream() = default;

unsigned HttpStream::status() const noexcept { return connection_->parser.get().result_int(); }

Task<Result<std::string>> HttpStream::read(Duration inactivity) {
    auto& [wire, parser, title] = *connection_;
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return http_error(asio::error::operation_aborted, "read").within(title);

    std::string piece(piece_size, '\0');
    auto& into = parser.get().body();
    into.data = piece.data();
    into.size = piece.size();
    wire->stream.expires_at(deadline_after(inactivity));
    while (!parser.is_done() && into.size == piece.size()) {  // some reads return framing only
        const auto [error, size] =
            co_await http::async_read_some(wire->stream, wire->received, parser, as_result);
        if (error && error != http::error::need_buffer) co_return http_error(error, "read").within(title);
    }
    piece.resize(piece.size() - into.size);
    wire->received.shrink_to_fit();  // a stream may last for months, and what it received may be secret
    co_return piece;
}

}  // namespace dockerext
