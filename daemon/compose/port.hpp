#pragma once

#include "base/error.hpp"
#include "compose/service.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// Parses the short form "[IP:][HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTOCOL]". Returns one port for each
/// container port, sorted by the text "port/protocol". A range of host ports for one container port stays a
/// range.
Result<std::vector<Port>> parse_port(std::string_view text);

/// The same for a single container port. None for a range, which may be very large, and for an invalid text.
std::optional<Port> parse_single_port(std::string_view text);

/// Whether the text is "8080" or "8080-8090" with valid numbers in order, or "" for an unpublished port.
bool is_published(std::string_view text);

/// Whether the text is IPv4, or IPv6 without brackets.
bool is_ip_address(const std::string& text);

}  // namespace dockerext::compose
