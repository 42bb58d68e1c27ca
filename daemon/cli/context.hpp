#pragma once

#include "base/clock.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/daemon.hpp"
#include "state/paths.hpp"

#include <functional>
#include <string_view>

namespace dockerext::cli {

/// Everything that a command needs.
struct Context {
    const Services& services;
    Console& console;
    state::Paths paths;  ///< the daemon's paths below `root`
    std::string root;
    bool json = false;
    Daemon daemon{paths.control_socket};
    std::function<model::WallTime()> now = wall_now;
    Duration poll = std::chrono::milliseconds(200);  ///< between requests when a long poll is impossible
    Duration patience = std::chrono::minutes(1);     ///< with a failing service, when waiting for convergence
};

/// Writes "dockerextd: MESSAGE" to the error stream; returns `exit`.
Exit complain(const Context& context, Exit exit, std::string_view message);

/// Writes each problem to the error stream, one "path: message" per line.
void show_problems(const Context& context, const std::vector<Problem>& problems);

/// Reports why a request failed: the daemon is not reachable, or refused it.
Exit complain(const Context& context, const Result<HttpResponse>& answer);

bool is_fine(const Result<HttpResponse>& answer) noexcept;

/// Prints an answer unchanged, for --json.
void show_json(const Context& context, std::string_view body);

}  // namespace dockerext::cli
