#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/http_client.hpp"
#include "base/wiping_allocator.hpp"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <string>
#include <string_view>

/// What all HTTP code here shares. Includes Beast, so only those files of this room may include it that do so
/// too. Bodies and headers may hold secrets.
namespace dockerext::http_message {

/// Bodies and headers may hold secrets.
using Body = boost::beast::http::basic_string_body<char, std::char_traits<char>, WipingAllocator<char>>;
using Fields = boost::beast::http::basic_fields<WipingAllocator<char>>;
using Message = boost::beast::http::request<Body, Fields>;
using TimePoint = SteadyTime;

constexpr std::uint32_t header_limit = 64U << 10;

/// The deadline of an operation that starts now; Beast's "never" for Duration::max().
TimePoint deadline_after(Duration limit);

/// "GET /path", without the query.
std::string title(const HttpRequest& request);

Message to_message(const HttpRequest& request, const std::string& host);

/// The Error for `code`, which occurred during `step`.
Error http_error(const boost::beast::error_code& code, std::string_view step);

}  // namespace dockerext::http_message
