#pragma once

#include "base/task.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace dockerext {

/// The addresses of a name. The C library's resolver blocks and cannot be interrupted, so each query has a
/// thread of its own; the caller continues without it after `limit` or when cancelled. A numeric address
/// needs neither a thread nor a limit. Fails with `unavailable` if there is no address, `timeout` or
/// `cancelled`.
Task<Result<std::vector<asio::ip::tcp::endpoint>>> resolve(std::string host, std::uint16_t port,
                                                           Duration limit);

}  // namespace dockerext
