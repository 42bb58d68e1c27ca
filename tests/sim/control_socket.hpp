#pragma once

#include "base/http_server.hpp"

namespace dockerext::sim {

/// Replaces the daemon's control socket: seams/http_server.cpp registers its handler here.
struct ControlSocket {
    static inline HttpServer::Handler* handler = nullptr;  ///< null while the daemon does not listen
};

}  // namespace dockerext::sim
