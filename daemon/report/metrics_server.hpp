#pragma once

#include "base/task.hpp"
#include "base/tcp_address.hpp"
#include "report/metrics.hpp"

#include <functional>
#include <memory>

namespace dockerext::report {

/// HTTP on a TCP port of this machine: GET and HEAD of /metrics and /health, without TLS and without
/// passwords. Anybody on the machine can connect, so everything is small: requests, time, connections.
class MetricsServer {
public:
    using Snapshot = std::function<MetricsSnapshot()>;

    /// `snapshot` outlives the server. An answer may be up to one second old.
    static Result<std::unique_ptr<MetricsServer>> listen(const asio::any_io_executor& executor,
                                                         const TcpAddress& address, Snapshot snapshot);
    ~MetricsServer();

    /// Serves until cancelled.
    Task<void> serve();

private:
    struct Impl;
    explicit MetricsServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dockerext::report
