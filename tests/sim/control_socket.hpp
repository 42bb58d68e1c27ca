#pragma once

#include "base/http_server.hpp"

#include <filesystem>
#include <map>

namespace dockerext::sim {

/// Replaces the daemons' control sockets: seams/http_server.cpp registers their handlers here, by path.
struct ControlSockets {
    static inline std::map<std::filesystem::path, HttpServer::Handler*> handlers;
};

}  // namespace dockerext::sim
