#pragma once

#include "base/error.hpp"
#include "compose/service.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// The short form "[IP:][HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTOCOL]": one port for each container port, in
/// the order of "port/protocol" as text; a range of host ports for one container port stays a range.
Result<std::vector<Port>> parse_port(std::string_view text);

/// The same of one container port; none for several, which may be very many, and for what is no port.
std::optional<Port> parse_single_port(std::string_view text);

/// "8080" or "8080-8090", in order and in range; also "" when nothing is published.
bool is_published(std::string_view text);

/// IPv4, or IPv6 without brackets.
bool is_ip_address(const std::string& text);

}  // namespace dockerext::compose
