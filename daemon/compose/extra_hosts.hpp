#pragma once

#include "compose/read.hpp"

namespace dockerext::compose {

/// Reads "host=ip" or "host:ip" strings, or a map of hosts to one or more addresses. Stores them as
/// "host=ip", sorted.
void read_extra_hosts(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

}  // namespace dockerext::compose
