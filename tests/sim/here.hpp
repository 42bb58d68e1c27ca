#pragma once

#include "base/tcp_address.hpp"

#include <functional>
#include <string>

namespace dockerext::sim {

/// The network, as the daemon that runs now sees it: several daemons share the process, and take turns.
struct Here {
    static inline std::string address;  ///< of its machine
    /// Whether somebody there accepts connections from this machine.
    static inline std::function<bool(const TcpAddress&)> accepts = [](const TcpAddress&) { return false; };
};

}  // namespace dockerext::sim
