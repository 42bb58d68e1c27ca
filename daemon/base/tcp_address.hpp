#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

/// A TCP port of an address of this machine.
struct TcpAddress {
    std::string host;  ///< numeric: "127.0.0.1", "::1"
    std::uint16_t port = 0;
    bool operator==(const TcpAddress&) const = default;
};

/// "127.0.0.1:9323", "[::1]:9323".
std::string to_string(const TcpAddress& address);
/// Parses what `to_string` writes; nullopt for any other text, such as a host name.
std::optional<TcpAddress> parse_tcp_address(std::string_view text);
/// Whether only this machine can connect to it.
bool is_loopback(const TcpAddress& address);

}  // namespace dockerext
