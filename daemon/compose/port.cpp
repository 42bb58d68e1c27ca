#include "compose/port.hpp"

#include "compose/scalar.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace dockerext::compose {
namespace {

struct Range {
    unsigned first = 0;
    unsigned last = 0;
    unsigned size() const { return last - first + 1; }
};

/// The parts of a short form.
struct Parts {
    std::string_view address, host, container, protocol;
};

std::optional<unsigned> parse_number(std::string_view text) {
    unsigned number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return whole && number <= 65535 ? std::optional(number) : std::nullopt;
}

std::optional<Range> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = parse_number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return Range{*first, *last};
}

/// Cuts `text` at its last colon, and returns what follows. Without a colon, returns all of it and leaves "".
std::string_view split_last(std::string_view& text) {
    const std::size_t colon = text.rfind(':');
    const std::string_view last = colon == std::string_view::npos ? text : text.substr(colon + 1);
    text = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
    return last;
}

Parts split(std::string_view text) {
    Parts parts;
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        parts.protocol = text.substr(slash + 1);
        parts.protocol = parts.protocol.substr(0, parts.protocol.find('/'));
        text = text.substr(0, slash);
    }
    parts.container = split_last(text);
    parts.host = split_last(text);
    parts.address = text;
    return parts;
}

bool is_address_of(int family, const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> binary{};
    return ::inet_pton(family, text.c_str(), binary.data()) == 1;
}

/// An address without brackets; none if the text is not an address.
std::optional<std::string> parse_address(std::string_view text) {
    const bool bracketed = text.starts_with('[') && text.ends_with(']');
    std::string address(bracketed ? text.substr(1, text.size() - 2) : text);
    if (text.empty() || is_address_of(bracketed ? AF_INET6 : AF_INET, address)) return address;
    return std::nullopt;
}

Error invalid(std::string_view text, std::string_view why) {
    return {ErrorKind::invalid_input, "invalid port '" + std::string(text) + "': " + std::string(why)};
}

/// Explains why `text` is neither a port nor a range of ports.
std::string port_range_error(std::string_view which, std::string_view text) {
    const bool is_number = text.find_first_not_of("0123456789") == std::string_view::npos;
    return std::string(which) + (is_number ? " out of range (1–65535): " : " is not a number or range: ") +
           std::string(text);
}

std::string text_of(const Range& range) {
    const std::string first = std::to_string(range.first);
    return range.size() == 1 ? first : first + "-" + std::to_string(range.last);
}

/// The numbers of a range, ordered as text.
std::vector<unsigned> ordered_as_text(const Range& range) {
    std::vector<std::pair<std::string, unsigned>> numbers;
    for (unsigned number = range.first; number <= range.last; ++number) {
        numbers.emplace_back(std::to_string(number), number);
    }
    std::sort(numbers.begin(), numbers.end());
    std::vector<unsigned> ordered;
    ordered.reserve(numbers.size());
    for (const auto& [text, number] : numbers) ordered.push_back(number);
    return ordered;
}

/// A parsed short form.
struct ShortForm {
    Port pattern;
    Range container;
    std::optional<Range> host;
};

/// One port for each container port; host ports advance in parallel.
std::vector<Port> expand(const ShortForm& form) {
    std::vector<Port> ports;
    for (const unsigned number : ordered_as_text(form.container)) {
        Port& port = ports.emplace_back(form.pattern);
        port.target = number;
        if (!form.host) continue;
        const unsigned host_port = form.host->first + (number - form.container.first);
        port.published = form.container.size() == 1 ? text_of(*form.host) : std::to_string(host_port);
    }
    return ports;
}

Result<ShortForm> parse_form(std::string_view text) {
    const Parts parts = split(text);
    Port pattern;
    if (!parts.protocol.empty()) pattern.protocol = lower(parts.protocol);
    if (pattern.protocol != "tcp" && pattern.protocol != "udp" && pattern.protocol != "sctp") {
        return invalid(text, "the protocol must be tcp, udp or sctp");
    }
    const auto address = parse_address(parts.address);
    if (!address)
        return invalid(text, "'" + std::string(parts.address) + "' is not an IP address (write IPv6 in [])");
    pattern.host_ip = *address;
    if (parts.container.empty()) return invalid(text, "the container port is missing");
    const auto container = parse_range(parts.container);
    if (!container) return invalid(text, port_range_error("container port", parts.container));
    const auto host = parse_range(parts.host);
    if (!host && !parts.host.empty()) return invalid(text, port_range_error("host port", parts.host));
    if (host && container->size() > 1 && host->size() != container->size()) {
        return invalid(text, "host and container ranges differ in length");
    }
    return ShortForm{std::move(pattern), *container, host};
}

}  // namespace

Result<std::vector<Port>> parse_port(std::string_view text) {
    const auto form = parse_form(text);
    if (!form) return form.error();
    return expand(*form);
}

std::optional<Port> parse_single_port(std::string_view text) {
    const auto form = parse_form(text);
    if (!form || form->container.size() > 1) return std::nullopt;
    return expand(*form).front();
}

bool is_ip_address(const std::string& text) {
    return is_address_of(AF_INET, text) || is_address_of(AF_INET6, text);
}

bool is_published(std::string_view text) { return text.empty() || parse_range(text).has_value(); }

}  // namespace dockerext::compose
