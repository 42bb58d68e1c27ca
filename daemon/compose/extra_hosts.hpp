#pragma once

#include "compose/read.hpp"

namespace dockerext::compose {

/// "host=ip" or "host:ip" strings, or a map of a host to one or more addresses, as "host=ip", sorted.
void read_extra_hosts(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

}  // namespace dockerext::compose
