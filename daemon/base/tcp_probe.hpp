#pragma once

#include "base/task.hpp"
#include "base/tcp_address.hpp"

#include <vector>

namespace dockerext {

/// Those of `candidates` that accept a connection within `limit`, in their order. Asks all at the same time,
/// and closes each connection at once.
Task<std::vector<TcpAddress>> accepting(std::vector<TcpAddress> candidates, Duration limit);

}  // namespace dockerext
