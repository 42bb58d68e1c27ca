#pragma once

#include "model/observed.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dockerext::cli {

/// Exit codes. `pending`: not converged, or a plan has changes. `unreachable`: no answer from the daemon.
enum class Exit { success = 0, failed = 1, usage = 2, pending = 3, unreachable = 4 };

// One struct per command, with its arguments.
struct Run {
    std::string docker_host;
    bool verbose = false;  ///< log in more detail
};
struct Apply {
    std::string settings_file;   ///< or a Compose file; "-" means standard input, here and below
    std::string protected_file;  ///< "" if not given
    std::optional<std::chrono::seconds> wait;
    bool dry_run = false;
};
struct Validate {
    std::string settings_file, protected_file;
};
struct ShowPlan {
    std::string settings_file, protected_file;  ///< both "": plan for the settings in force
};
struct ShowStatus {
    bool watch = false;
};
struct Explain {
    std::string service;
};
struct ShowHistory {
    std::optional<model::WallTime> since;
};
struct Reconcile {
    std::vector<std::string> services;  ///< empty: all
    std::optional<std::chrono::seconds> wait;
};
struct Rollback {
    std::optional<unsigned> to;  ///< the number of good settings; none: the newest before those in force
    bool list = false;           ///< only show the good settings
    bool dry_run = false;        ///< only show what would be done
};
struct Pause {
    std::optional<std::chrono::seconds> duration;  ///< none: until resumed
};
struct Resume {};
struct Down {
    bool volumes = false;  ///< also remove the project's volumes and their data
};
/// Removes the engine if the settings ask for it. The Azure extension's uninstallation runs this after it
/// has stopped the daemon.
struct RemoveEngine {
    std::string docker_host;
};
struct ShowLogs {
    std::string service;
    unsigned lines = 100;
};
struct Import {
    std::string compose_file;
};

using Command = std::variant<Run, Apply, Validate, ShowPlan, ShowStatus, Explain, ShowHistory, Reconcile,
                             Rollback, Pause, Resume, Down, RemoveEngine, ShowLogs, Import>;

/// A parsed command line.
struct Invocation {
    std::string root = "/";
    bool json = false;
    Command command;
};

/// A command line that only prints text: help, the version, or a usage error.
struct Notice {
    Exit exit = Exit::success;
    std::string text;
};

/// Parses `arguments`, which do not include the program's name. Relative times ("--since 1h") are relative
/// to `now`.
std::variant<Invocation, Notice> parse_command_line(std::vector<std::string> arguments, model::WallTime now);

}  // namespace dockerext::cli
