#include "base/tcp_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <utility>

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

constexpr std::uint32_t loopback_network = 127;  ///< the first byte of an IPv4 address

std::uint32_t first_byte_of(const in_addr& address) { return ntohl(address.s_addr) >> 24U; }

}  // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && rest == end && text.front() != '0' ? std::optional(port) : std::nullopt;
}

std::optional<std::string> parse_ip_address(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    std::string address(text);
    if (ipv4_of(address)) return address;
    const auto ipv6 = ipv6_of(address);
    if (!ipv6) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> usual{};
    return ::inet_ntop(AF_INET6, &*ipv6, usual.data(), usual.size());
}

std::string to_string(const TcpAddress& address) {
    const std::string port = ":" + std::to_string(address.port);
    return (ipv6_of(address.host) ? "[" + address.host + "]" : address.host) + port;
}

std::optional<TcpAddress> parse_tcp_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto port = parse_port(text.substr(colon + 1));
    std::string_view host = text.substr(0, colon);
    const bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (has_brackets) host = host.substr(1, host.size() - 2);
    auto address = parse_ip_address(host);
    const bool is_ipv6 = address && address->find(':') != std::string::npos;
    if (!port || !address || has_brackets != is_ipv6) return std::nullopt;
    return TcpAddress{std::move(*address), *port};
}

std::optional<TcpAddress> parse_tcp_address(std::string_view text, std::uint16_t default_port) {
    if (auto address = parse_ip_address(text)) return TcpAddress{std::move(*address), default_port};
    if (!text.ends_with(']')) return parse_tcp_address(text);
    return parse_tcp_address(std::string(text) + ":" + std::to_string(default_port));
}

bool is_loopback(const TcpAddress& address) {
    if (const auto ipv4 = ipv4_of(address.host)) return first_byte_of(*ipv4) == loopback_network;
    const auto ipv6 = ipv6_of(address.host);
    return ipv6 && IN6_IS_ADDR_LOOPBACK(&*ipv6);
}

bool is_of_one_machine(std::string_view ip_address) {
    constexpr std::uint32_t first_multicast = 224;  // broadcast and reserved addresses are above
    const std::string text(ip_address);
    if (const auto ipv4 = ipv4_of(text)) {
        const std::uint32_t first = first_byte_of(*ipv4);
        return first != 0 && first != loopback_network && first < first_multicast;
    }
    const auto ipv6 = ipv6_of(text);
    return ipv6 && !IN6_IS_ADDR_UNSPECIFIED(&*ipv6) && !IN6_IS_ADDR_LOOPBACK(&*ipv6) &&
           !IN6_IS_ADDR_MULTICAST(&*ipv6) && !IN6_IS_ADDR_V4MAPPED(&*ipv6);
}

}  // namespace dockerext
