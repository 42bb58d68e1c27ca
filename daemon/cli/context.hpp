#pragma once

#include "base/clock.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/daemon.hpp"
#include "state/paths.hpp"

#include <functional>
#include <string_view>

namespace dockerext::cli {

/// What a command works with.
struct Context {
    const Services& services;
    Console& console;
    state::Paths paths;  ///< the daemon's own
    std::string root;
    bool json = false;
    Daemon daemon{paths.control_socket};
    std::function<model::WallTime()> now = wall_now;
    Duration poll = std::chrono::milliseconds(200);  ///< between looks at a daemon that lets nobody wait
    Duration patience = std::chrono::minutes(1);     ///< how long a service may fail while it is waited for
};

/// "dockerextd: …" on the error stream.
Exit complain(const Context& context, Exit exit, std::string_view message);

/// Each problem a line on the error stream, "path: message".
void show_problems(const Context& context, const std::vector<Problem>& problems);

/// Says why an answer is none: not reachable, or refused by the daemon.
Exit complain(const Context& context, const Result<HttpResponse>& answer);

bool is_fine(const Result<HttpResponse>& answer) noexcept;

/// An answer as it came, for --json.
void show_json(const Context& context, std::string_view body);

}  // namespace dockerext::cli
