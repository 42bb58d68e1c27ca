#include "shim/commands.hpp"

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

namespace dockerext::shim {
namespace {

/// The agent's limit is five minutes (handler-contract §7), and the manifest's command makes two attempts.
constexpr std::chrono::seconds removal_deadline{120};
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

bool is_there(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

bool has_unit(const Places& places) {
    return is_there(places.unit) || std::ranges::any_of(places.packaged_units, is_there);
}

/// Disables and stops the daemon. `timeout` if it is still stopping: then it is already disabled, and systemd
/// continues to stop it.
Result<> stop(const CommandContext& context) {
    const Places& places = context.places;
    if (!require_systemd(places) || !has_unit(places)) return {};
    return systemctl(places, {"disable", "--now", unit_name}, context.stop_patience);
}

bool is_stopping(const Places& places) {
    const auto state = ask_systemctl(places, {"show", "-p", "ActiveState", "--value", unit_name});
    return state && state->starts_with("deactivating");
}

/// Removes the engine if the settings ask for it. Runs the daemon's program, because only it knows which
/// parts of the engine it installed. Does nothing if the daemon has not changed the machine.
Result<> remove_engine(const Places& places) {
    if (!is_there(places.daemon.host_record) || !is_there(places.program)) return {};
    const auto removed =
        run_program(places.program, {"remove-engine", "--root", places.prefix.c_str()}, removal_deadline);
    if (removed) return {};
    return Error(removed.error().kind(),
                 removed.error().message() +
                     "; dockerextd's files are kept. To retry, add the extension and uninstall it "
                     "again, or run `dockerextd remove-engine`");
}

}  // namespace

Result<> install(const CommandContext& context) {
    const Places& places = context.places;
    if (auto systemd = require_systemd(places); !systemd) return systemd;
    if (!updating(places, context.now)) {
        if (auto cleared = clear_update_marker(places); !cleared) return cleared;
    }
    if (const auto put = put_daemon_files(places, context.handler.folder); !put) return put.error();
    return {};
}

/// A stopping daemon waits for a container that it is replacing, whose stop grace period may be longer than
/// the agent waits. Then this succeeds once the daemon is disabled, and systemd continues to stop it.
Result<> disable(const CommandContext& context) {
    const Places& places = context.places;
    auto stopped = stop(context);
    if (stopped || stopped.error().kind() != ErrorKind::timeout) return stopped;
    if (!is_stopping(places) || is_there(places.wanted)) return stopped;
    std::puts("disabled; dockerextd stops after the container that it is replacing has stopped");
    return {};
}

Result<> update(const CommandContext& context) {
    return mark_update(context.places, context.updating_to.value_or(context.handler.version), context.now);
}

Result<> uninstall(const CommandContext& context) {
    const Places& places = context.places;
    if (updating(places, context.now)) return {};
    const auto stopped = stop(context);
    if (auto without_engine = remove_engine(places); !without_engine) return without_engine;
    const auto removed = remove_daemon_files(places);
    const auto reloaded = require_systemd(places) ? systemctl(places, {"daemon-reload"}) : Result<>();
    (void)::unlink(places.lock.c_str());
    for (const auto& step : {stopped, removed, reloaded}) {
        if (!step) return step;
    }
    return {};
}

Result<> failed(const CommandContext& context) {
    return tell_failure(context.places, context.now, context.journal_patience);
}

int run(std::string_view command, const CommandContext& context) {
    const auto known = std::ranges::find(commands, command, &Command::name);
    if (known == commands.end()) {
        std::fputs("usage: dockerextd-handler install|enable|disable|update|uninstall [--root DIR]\n",
                   stderr);
        return 2;
    }
    const auto locked = wait_for_lock(context.places.lock, context.lock_patience);
    if (!locked) std::fprintf(stderr, "%s; continuing without it\n", locked.error().message().c_str());
    if (known->caller == Caller::agent) call_off_enable(context.places);
    const auto done = known->function(context);
    if (done) return 0;
    std::fprintf(stderr, "%s: %s\n", std::string(command).c_str(), done.error().message().c_str());
    return require_systemd(context.places) ? 1 : unsupported;
}

}  // namespace dockerext::shim
