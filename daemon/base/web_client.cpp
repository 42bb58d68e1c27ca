#include "base/web_client.hpp"

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/http_message.hpp"
#include "base/resolver.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <charconv>

namespace dockerext {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using namespace http_message;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;
using Tcp = beast::tcp_stream;
using Tls = beast::ssl_stream<Tcp>;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t body_limit = 1U << 20;

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return std::chrono::seconds(number);
}

std::map<std::string, std::string> headers_of(const Fields& fields) {
    std::map<std::string, std::string> headers;
    for (const auto& field : fields) {
        std::string name(field.name_string());
        std::transform(name.begin(), name.end(), name.begin(), to_lower);
        headers.emplace(std::move(name), field.value());
    }
    return headers;
}

/// The port is named unless it is the scheme's own (RFC 9110 §7.2), and an IPv6 address is in brackets.
std::string host_header(const WebServer& server) {
    const bool is_ipv6 = server.host.find(':') != std::string::npos;
    const std::string host = is_ipv6 ? "[" + server.host + "]" : server.host;
    const std::uint16_t usual = server.scheme == WebServer::Scheme::https ? 443 : 80;
    return server.port == usual ? host : host + ":" + std::to_string(server.port);
}

/// In one piece: a TLS stream would join pieces in memory of its own, which is not wiped.
Body::value_type bytes_of(const Message& message) {
    Body::value_type bytes;
    http::serializer<true, Body, Fields> serializer(message);
    beast::error_code error;  // a text body causes none
    while (!serializer.is_done()) {
        serializer.next(error, [&](beast::error_code&, const auto& buffers) {
            for (const asio::const_buffer piece : beast::buffers_range_ref(buffers))
                bytes.append(static_cast<const char*>(piece.data()), piece.size());
            serializer.consume(beast::buffer_bytes(buffers));
        });
    }
    return bytes;
}

/// `stream` and `message` outlive the call.
template <typename Stream>
Task<Result<WebResponse>> round_trip(Stream& stream, const Message& message) {
    const auto bytes = bytes_of(message);
    const auto [write_error, sent] = co_await asio::async_write(stream, asio::buffer(bytes), as_result);
    if (write_error) co_return http_error(write_error, "write");
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return http_error(asio::error::operation_aborted, "read");
    beast::basic_flat_buffer<WipingAllocator<char>> received;
    http::response_parser<Body, WipingAllocator<char>> answer;
    answer.header_limit(header_limit);
    answer.body_limit(body_limit);
    answer.skip(message.method() == http::verb::head);
    const auto [read_error, size] = co_await http::async_read(stream, received, answer, as_result);
    if (read_error) co_return http_error(read_error, "read");
    const auto& response = answer.get();
    co_return WebResponse{response.result_int(), Secret(response.body()),
                          seconds_in(response[http::field::retry_after]), headers_of(response)};
}

Result<ssl::context> tls_client_context() {
    beast::error_code error;
    ssl::context context(ssl::context::tls_client);
    ::SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    ::SSL_CTX_set_options(context.native_handle(), SSL_OP_CLEANSE_PLAINTEXT);
    context.set_default_verify_paths(error);
    if (!error) context.set_verify_mode(ssl::verify_peer, error);
    if (error) return http_error(error, "load the trusted certificates of this machine");
    return context;
}

Error handshake_error(Tls& stream, const beast::error_code& error) {
    const long verdict = ::SSL_get_verify_result(stream.native_handle());
    if (verdict == X509_V_OK) return http_error(error, "TLS");
    if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return {ErrorKind::unavailable, "TLS: the server's certificate is for another name"};
    return {ErrorKind::unavailable, std::string("TLS: the server's certificate is not trusted: ") +
                                        ::X509_verify_cert_error_string(verdict)};
}

/// Verified together with the rest of the certificate, so that the result identifies a wrong name.
bool set_expected_host(::SSL* tls, const std::string& host) {
    beast::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (not_an_address) ::SSL_set_tlsext_host_name(tls, host.c_str());
    return ::SSL_set1_host(tls, host.c_str()) == 1;  // accepts an address, too
}

/// `tcp` is connected; `message` outlives the call.
Task<Result<WebResponse>> round_trip_tls(Tcp tcp, std::string host, const Message& message) {
    auto context = tls_client_context();
    if (!context) co_return context.error();
    Tls stream(std::move(tcp), *context);
    if (!set_expected_host(stream.native_handle(), host))
        co_return Error(ErrorKind::unavailable, "TLS: no memory");
    const auto [tls_error] = co_await stream.async_handshake(ssl::stream_base::client, as_result);
    if (tls_error) co_return handshake_error(stream, tls_error);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return http_error(asio::error::operation_aborted, "write");
    auto pending = round_trip(stream, message);
    co_return co_await std::move(pending);
}

/// `request` outlives the call.
Task<Result<WebResponse>> send_with_deadline(const WebServer& server, const HttpRequest& request,
                                             TimePoint deadline) {
    const auto left = deadline - steady_now();
    const auto found = co_await resolve(server.host, server.port, left);
    if (!found) co_return found.error();
    Tcp stream(co_await asio::this_coro::executor);
    stream.expires_at(deadline);
    const auto [error, endpoint] = co_await stream.async_connect(*found, as_result);
    if (error) co_return http_error(error, "connect");
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return http_error(asio::error::operation_aborted, "connect");

    const Message message = to_message(request, host_header(server));
    if (server.scheme == WebServer::Scheme::https) {
        auto pending = round_trip_tls(std::move(stream), server.host, message);
        co_return co_await std::move(pending);
    }
    auto pending = round_trip(stream, message);
    co_return co_await std::move(pending);
}

}  // namespace

Task<Result<WebResponse>> send_web_request(WebServer server, HttpRequest request, Duration limit) {
    request.headers.emplace_back("Connection", "close");
    auto answer = co_await send_with_deadline(server, request, deadline_after(limit));
    if (answer) co_return answer;
    co_return answer.error().within(title(request)).within(server.host);
}

}  // namespace dockerext
