#pragma once

#include "base/enum_names.hpp"
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
/// Settings, or a Compose file and what Compose's options say of it.
struct SettingsFiles {
    std::string settings_file;             ///< "-" means standard input, here and below
    std::string protected_file{};          ///< "" if not given
    std::string project_name{};            ///< "": that of the file, or of its folder
    std::vector<std::string> env_files{};  ///< empty: the .env beside the file
    std::vector<std::string> variables{};  ///< "NAME=VALUE", or "NAME" of the shell's environment
};
struct Apply {
    SettingsFiles files;
    std::optional<std::chrono::seconds> wait;
    bool dry_run = false;
};
struct Validate {
    SettingsFiles files;
};
struct ShowPlan {
    SettingsFiles files;  ///< no settings file: plan for the settings in force
};
struct ShowStatus {
    bool watch = false;
    bool services = false;  ///< only their names
};
struct Explain {
    std::string service;
};
struct ShowHistory {
    std::optional<model::WallTime> since, until;
    std::string service;            ///< "": all
    bool failed = false;            ///< only what failed
    std::optional<unsigned> lines;  ///< the last ones; none: 200, with --json 10,000
};
struct Reconcile {
    std::vector<std::string> services;  ///< empty: all
    std::optional<std::chrono::seconds> wait;
};
/// Restarts the containers of services.
struct Restart {
    std::vector<std::string> services;
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
    bool engine = false;   ///< also take back what settings have changed of the engine
};
/// Removes the engine if the settings ask for it. The Azure extension's uninstallation runs this after it
/// has stopped the daemon.
struct RemoveEngine {
    std::string docker_host;
};
struct ShowLogs {
    std::vector<std::string> services;  ///< empty: all
    std::optional<unsigned> lines;      ///< the last ones of each container; none: 100, or all since `since`
    std::optional<model::WallTime> since;
    bool follow = false;
    bool timestamps = false;
};
/// Shows the settings in force.
struct ShowSettings {};
/// Checks the machine.
struct Diagnose {
    std::string docker_host;
};
/// Writes a page that shows the machine.
struct WriteReport {
    std::string docker_host;
    std::optional<model::WallTime> since;  ///< none: the last day
    std::string output;                    ///< a new file
};
/// Writes an archive for support.
struct SupportBundle {
    std::string file, docker_host;
};
struct Import {
    SettingsFiles files;
    std::string output;  ///< a new file; "": standard output
};
/// Prints the protected settings with which other machines join this machine's swarm.
struct ShowSwarmTokens {};
enum class SwarmSecret { worker, manager, unlock_key };
constexpr auto names_of(SwarmSecret) {
    using enum SwarmSecret;
    return enum_names<SwarmSecret>({{worker, "worker"}, {manager, "manager"}, {unlock_key, "unlock-key"}});
}
/// Replaces a join token of the swarm, or its unlock key.
struct RotateSwarm {
    SwarmSecret what = SwarmSecret::worker;
};
/// Makes this machine the only manager of a swarm that has lost its managers.
struct RecoverSwarm {
    bool is_confirmed = false;  ///< without it, the command only says what it would do
};
/// Takes this machine out of its swarm, without a daemon.
struct LeaveSwarm {
    std::string docker_host;
    bool is_uninstallation = false;  ///< only if the settings ask for it
};

using Command =
    std::variant<Run, Apply, Validate, ShowPlan, ShowStatus, Explain, ShowHistory, Reconcile, Restart,
                 Rollback, Pause, Resume, Down, RemoveEngine, ShowLogs, ShowSettings, Diagnose, WriteReport,
                 SupportBundle, Import, ShowSwarmTokens, RotateSwarm, RecoverSwarm, LeaveSwarm>;

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
