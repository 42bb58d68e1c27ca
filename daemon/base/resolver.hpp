#pragma once

#include "base/task.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace dockerext {

/// The addresses of a name. The C library's resolver blocks and cannot be interrupted, so each question has a
/// thread of its own, and who asked goes on without it when `limit` has passed or it is cancelled. A numeric
/// address needs neither. `unavailable` when there is none, `timeout` and `cancelled`.
Task<Result<std::vector<asio::ip::tcp::endpoint>>> resolve(std::string host, std::uint16_t port,
                                                           Duration limit);

}  // namespace dockerext
