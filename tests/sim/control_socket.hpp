#pragma once

#include "base/http_server.hpp"

namespace dockerext::sim {

/// The daemon's control socket without a socket: what seams/http_server.cpp listens with.
struct ControlSocket {
    static inline HttpServer::Handler* handler = nullptr;  ///< none while nobody listens
};

}  // namespace dockerext::sim
