#pragma once

#include "base/clock.hpp"
#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/daemon_client.hpp"
#include "intake/compose_file.hpp"
#include "intake/validate.hpp"
#include "model/finding.hpp"
#include "model/removal.hpp"
#include "model/settings.hpp"
#include "model/support_bundle.hpp"
#include "state/paths.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::cli {

/// What the commands do without a daemon. main.cpp fills in functions of other rooms.
struct Services {
    /// Runs the daemon until it receives a signal to end.
    std::function<Result<>(const std::filesystem::path& root, const std::string& docker_host)> run;
    std::function<intake::Validation(const model::Envelope&, const std::filesystem::path& root)> validate;
    std::function<bool(const std::string& text)> is_compose_file;
    /// Makes public settings that contain the text of a Compose file.
    std::function<Result<intake::ConvertedSettings>(const intake::ComposeFile&,
                                                    const std::filesystem::path& root)>
        wrap_compose_file;
    /// As `wrap_compose_file`, but with the file's model as JSON.
    std::function<Result<intake::ConvertedSettings>(const intake::ComposeFile&,
                                                    const std::filesystem::path& root)>
        import_settings;
    /// Submits settings to the daemon through its spool.
    std::function<Result<>(const std::filesystem::path& spool, const model::Envelope&)> spool;
    std::function<Result<model::Removal>(const std::filesystem::path& root, const std::string& docker_host)>
        remove_engine;
    std::function<Result<model::Removal>(const std::filesystem::path& root, const std::string& docker_host,
                                         model::Asked asked)>
        leave_swarm;
    /// Checks the machine, with or without a daemon.
    std::function<std::vector<model::Finding>(const std::filesystem::path& root,
                                              const std::string& docker_host)>
        examine_machine;
    /// What systemd says of the daemon's unit, and the command to run next; "" if it does not say.
    std::function<std::string()> why_not_running;
    /// Collects the rest of a support bundle, and writes it without secrets.
    std::function<Result<model::BundleReport>(const model::BundleRequest&)> write_bundle;
};

/// Everything that a command needs.
struct Context {
    const Services& services;
    Console& console;
    state::Paths paths;  ///< the daemon's paths below `root`
    std::string root;
    bool json = false;
    DaemonClient daemon{paths.control_socket};
    std::function<model::WallTime()> now = wall_now;
    Duration poll = std::chrono::milliseconds(200);  ///< between requests when a long poll is impossible
    Duration failure_timeout =
        std::chrono::minutes(1);  ///< with a failing service, when waiting for convergence
};

/// Writes "dockerextd: MESSAGE" to the error stream; returns `exit`.
Exit report_error(const Context& context, Exit exit, std::string_view message);

/// Writes each problem to the error stream, one "path: message" per line.
void show_problems(const Context& context, const std::vector<Problem>& problems);

/// Why the daemon cannot be asked, and what to do.
std::string unreachable_text(const Context& context, const Error& error);

/// Why the daemon refused a request.
std::string refusal_text(const HttpResponse& answer);

/// Reports why a request failed: the daemon is not reachable, or refused it.
Exit report_error(const Context& context, const Result<HttpResponse>& answer);

bool is_success(const Result<HttpResponse>& answer) noexcept;

/// Prints an answer unchanged, for --json.
void show_json(const Context& context, std::string_view body);

}  // namespace dockerext::cli
