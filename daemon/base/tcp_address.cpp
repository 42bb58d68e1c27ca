#include "base/tcp_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>

namespace dockerext {
namespace {

std::optional<in_addr> ipv4_of(const std::string& host) {
    in_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

std::optional<in6_addr> ipv6_of(const std::string& host) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, host.c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

/// nullopt for 0, a sign, and leading zeros.
std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && rest == end && text.front() != '0' ? std::optional(port) : std::nullopt;
}

}  // namespace

std::string to_string(const TcpAddress& address) {
    const std::string port = ":" + std::to_string(address.port);
    return (ipv6_of(address.host) ? "[" + address.host + "]" : address.host) + port;
}

std::optional<TcpAddress> parse_tcp_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || text.find('\0') != std::string_view::npos) return std::nullopt;
    const auto port = port_of(text.substr(colon + 1));
    std::string host(text.substr(0, colon));
    if (!port) return std::nullopt;
    if (ipv4_of(host)) return TcpAddress{std::move(host), *port};
    if (host.size() < 2 || host.front() != '[' || host.back() != ']') return std::nullopt;
    host = host.substr(1, host.size() - 2);
    return ipv6_of(host) ? std::optional(TcpAddress{std::move(host), *port}) : std::nullopt;
}

bool is_loopback(const TcpAddress& address) {
    constexpr std::uint32_t first_byte_of_loopback = 127;
    if (const auto ipv4 = ipv4_of(address.host)) return ntohl(ipv4->s_addr) >> 24U == first_byte_of_loopback;
    const auto ipv6 = ipv6_of(address.host);
    return ipv6 && IN6_IS_ADDR_LOOPBACK(&*ipv6);
}

}  // namespace dockerext
