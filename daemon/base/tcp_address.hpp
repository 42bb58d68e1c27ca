#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

/// A TCP port of an address.
struct TcpAddress {
    std::string host;  ///< numeric: "127.0.0.1", "::1"
    std::uint16_t port = 0;
    bool operator==(const TcpAddress&) const = default;
};

/// "127.0.0.1:9323", "[::1]:9323".
std::string to_string(const TcpAddress& address);
/// Parses what `to_string` writes; nullopt for any other text, such as a host name.
std::optional<TcpAddress> parse_tcp_address(std::string_view text);
/// The port may be missing: "10.0.0.4:2377", "10.0.0.4", "[fd00::4]:2377", "[fd00::4]", "fd00::4".
std::optional<TcpAddress> parse_tcp_address(std::string_view text, std::uint16_t default_port);
/// A decimal number from 1 to 65535, without sign and leading zeros.
std::optional<std::uint16_t> parse_port(std::string_view text);
/// A numeric address in its usual spelling: "fd00::4" for "FD00:0::4"; nullopt for any other text.
std::optional<std::string> parse_ip_address(std::string_view text);
/// Whether only this machine can connect to it.
bool is_loopback(const TcpAddress& address);
/// Whether it can be the address at which others reach one machine: not loopback, not "0.0.0.0" or "::", no
/// multicast or broadcast, and no IPv4 address in the spelling of IPv6.
bool is_of_one_machine(std::string_view ip_address);

}  // namespace dockerext
