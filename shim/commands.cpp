#include "shim/commands.hpp"

#include "base/clock.hpp"
#include "shim/daemon_files.hpp"
#include "shim/failure.hpp"
#include "shim/lock.hpp"
#include "shim/program.hpp"
#include "shim/retry.hpp"
#include "shim/systemctl.hpp"
#include "shim/update_marker.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace dockerext::shim {
namespace {

/// The agent's limit is five minutes (handler-contract §7), and the manifest's command makes two attempts:
/// the daemon may stop in the first one, or in both.
constexpr std::chrono::seconds removal_deadline{95}, stop_deadline_of_uninstall{100};
constexpr std::chrono::seconds leave_deadline{20};  ///< a part of removal_deadline
constexpr int unsupported = 51;

enum class Caller { agent, systemd };
struct Command {
    std::string_view name;
    Result<> (*function)(const CommandContext&);
    Caller caller = Caller::agent;
};
constexpr std::array<Command, 7> commands{{{"install", install},
                                           {"enable", enable},
                                           {"disable", disable},
                                           {"update", update},
                                           {"uninstall", uninstall},
                                           {"enable-again", enable_again, Caller::systemd},
                                           {"failed", failed, Caller::systemd}}};

bool path_exists(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

bool has_unit(const Layout& layout) {
    return path_exists(layout.unit) || std::ranges::any_of(layout.packaged_units, path_exists);
}

/// Disables and stops the daemon. `timeout` if it is still stopping: then it is already disabled, and systemd
/// continues to stop it.
Result<> stop(const Layout& layout, std::chrono::milliseconds timeout) {
    if (!require_systemd(layout) || !has_unit(layout)) return {};
    return systemctl(layout, {"disable", "--now", unit_name}, timeout);
}

bool is_stopping(const Layout& layout) {
    const auto state = systemctl_output(layout, {"show", "-p", "ActiveState", "--value", unit_name});
    return state && state->starts_with("deactivating");
}

/// Lets the daemon's program undo what it has made of the machine, if the settings ask for that; only it
/// knows what it has made. `command`: what a person would run.
Result<> undo(const Layout& layout, std::vector<const char*> words, std::chrono::milliseconds deadline,
              const std::string& command) {
    if (!path_exists(layout.program)) return {};
    words.insert(words.end(), {"--root", layout.prefix.c_str()});
    const auto undone = run_program(layout.program, words, deadline);
    if (undone) return {};
    return Error(undone.error().kind(),
                 undone.error().message() +
                     "; dockerextd's files are kept. To retry, add the extension and uninstall it "
                     "again, or run `dockerextd " +
                     command + "`");
}

/// The machine leaves its swarm before an engine is removed.
Result<> undo_changes(const Layout& layout) {
    const SteadyTime end = steady_now() + removal_deadline;
    if (path_exists(layout.daemon.swarm_record)) {
        auto out = undo(layout, {"swarm", "leave", "--on-uninstall"}, leave_deadline, "swarm leave");
        if (!out) return out;
    }
    if (!path_exists(layout.daemon.host_record)) return {};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_now());
    return undo(layout, {"remove-engine"}, left, "remove-engine");
}

}  // namespace

Result<> install(const CommandContext& context) {
    const Layout& layout = context.layout;
    if (auto systemd = require_systemd(layout); !systemd) return systemd;
    if (!is_updating(layout, context.now)) {
        if (auto cleared = clear_update_marker(layout); !cleared) return cleared;
    }
    if (const auto installed = install_daemon_files(layout, context.handler.folder); !installed)
        return installed.error();
    return {};
}

/// A stopping daemon waits for a container that it is replacing, whose stop grace period may be longer than
/// the agent waits. Then this succeeds once the daemon is disabled, and systemd continues to stop it.
Result<> disable(const CommandContext& context) {
    const Layout& layout = context.layout;
    auto stopped = stop(layout, context.stop_timeout);
    if (stopped || stopped.error().kind() != ErrorKind::timeout) return stopped;
    if (!is_stopping(layout) || path_exists(layout.wants_link)) return stopped;
    std::puts("disabled; dockerextd stops after the container that it is replacing has stopped");
    return {};
}

Result<> update(const CommandContext& context) {
    return mark_update(context.layout, context.updating_to.value_or(context.handler.version), context.now);
}

Result<> uninstall(const CommandContext& context) {
    const Layout& layout = context.layout;
    if (is_updating(layout, context.now)) return {};
    auto stopped =
        stop(layout, std::min<std::chrono::milliseconds>(context.stop_timeout, stop_deadline_of_uninstall));
    // Changes can be undone only when the daemon has stopped.
    const bool has_changes =
        path_exists(layout.daemon.host_record) || path_exists(layout.daemon.swarm_record);
    const bool is_waited_for =
        !stopped && stopped.error().kind() == ErrorKind::timeout && has_changes && is_stopping(layout);
    if (is_waited_for) return stopped;
    if (auto undone = undo_changes(layout); !undone) return undone;
    const auto removed = remove_daemon_files(layout);
    const auto reloaded = require_systemd(layout) ? systemctl(layout, {"daemon-reload"}) : Result<>();
    (void)::unlink(layout.lock.c_str());
    for (const auto& step : {stopped, removed, reloaded}) {
        if (!step) return step;
    }
    return {};
}

Result<> failed(const CommandContext& context) {
    return report_failure(context.layout, context.now, context.journal_timeout);
}

int run(std::string_view command, const CommandContext& context) {
    const auto known = std::ranges::find(commands, command, &Command::name);
    if (known == commands.end()) {
        std::fputs("usage: dockerextd-handler install|enable|disable|update|uninstall [--root DIR]\n",
                   stderr);
        return 2;
    }
    const auto locked = wait_for_lock(context.layout.lock, context.lock_timeout);
    if (!locked) std::fprintf(stderr, "%s; continuing without it\n", locked.error().message().c_str());
    if (known->caller == Caller::agent) cancel_enable_retries(context.layout);
    const auto done = known->function(context);
    if (done) return 0;
    std::fprintf(stderr, "%s: %s\n", std::string(command).c_str(), done.error().message().c_str());
    return require_systemd(context.layout) ? 1 : unsupported;
}

}  // namespace dockerext::shim
