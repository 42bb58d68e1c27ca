#include "base/http_message.hpp"

#include "base/clock.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace dockerext::http_message {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

ErrorKind kind_of(const beast::error_code& code) {
    if (code == beast::error::timeout) return ErrorKind::timeout;
    if (code == asio::error::operation_aborted) return ErrorKind::cancelled;
    return ErrorKind::unavailable;
}

std::string text_of(const beast::error_code& code) {
    if (code == beast::error::timeout) return "no answer in time";
    if (code == asio::error::operation_aborted) return "cancelled";
    if (code == http::error::end_of_stream) return "connection closed before the response";
    if (code == http::error::partial_message) return "connection closed during the response";
    if (code == http::error::body_limit) return "the response is too large";
    if (code == http::error::header_limit || code == http::error::buffer_overflow) {
        return "the response headers are larger than 64 KiB";
    }
    if (code.category() == make_error_code(http::error::bad_version).category()) {
        return "the response is not HTTP: " + code.message();
    }
    return code.message();
}

}  // namespace
}  // namespace dockerext::http_message

namespace dockerext {

std::string header(const HttpRequest& request, std::string_view name) {
    for (const auto& [each, value] : request.headers)
        if (boost::beast::iequals(each, name)) return value;
    return {};
}

}  // namespace dockerext

namespace dockerext::http_message {

TimePoint deadline_after(Duration limit) {
    const SteadyTime now = steady_now();
    return limit < TimePoint::max() - now ? now + limit : TimePoint::max();  // max() is Beast's "never"
}

std::string title(const HttpRequest& request) {
    return request.method + " " + request.target.substr(0, request.target.find('?'));
}

Error http_error(const beast::error_code& code, std::string_view step) {
    return Error(kind_of(code), text_of(code)).within(step);
}

Message to_message(const HttpRequest& request, const std::string& host) {
    Message message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    message.set(http::field::host, host);
    if (!request.body.empty() || request.next_piece)
        message.set(http::field::content_type, request.content_type);
    for (const auto& [name, value] : request.headers) message.set(name, value);
    if (request.next_piece) {
        message.chunked(true);
        return message;
    }
    message.body().assign(request.body);
    message.prepare_payload();
    return message;
}

}  // namespace dockerext::http_message
