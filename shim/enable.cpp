#include "base/atomic_file.hpp"
#include "base/regular_file.hpp"
#include "shim/agent_settings.hpp"
#include "shim/commands.hpp"
#include "shim/daemon_files.hpp"
#include "shim/failure.hpp"
#include "shim/program.hpp"
#include "shim/retry.hpp"
#include "shim/status_file.hpp"
#include "shim/systemctl.hpp"
#include "shim/update_marker.hpp"
#include "state/spool_settings.hpp"

namespace dockerext::shim {
namespace {

constexpr std::chrono::seconds settings_timeout{1};
constexpr std::chrono::seconds start_deadline{10};  // of a program that only prints its version

/// The file with the fingerprint of the settings that were submitted to the daemon. It is in the handler's
/// folder, so an update removes it.
std::filesystem::path fingerprint_file(const Handler& handler) { return handler.folder / "spooled"; }

bool was_spooled(const Handler& handler, const AgentSettings& settings) {
    const auto note = read_regular(fingerprint_file(handler), 256);
    return note && *note == fingerprint(settings);
}

/// Instead of a fingerprint: the last `enable` failed, but 0.settings had content once.
constexpr std::string_view failed_with_settings = "0 failed";

/// Only an empty 0.settings means no settings (handler-contract §5), and only if it never had content.
bool can_be_absent(const Handler& handler, std::int64_t sequence) {
    if (sequence != 0) return false;
    const auto note = read_regular(fingerprint_file(handler), 256);
    return !note || !note->starts_with("0 ") || *note == fingerprint({0, ""});
}

/// Whether an `enable` of this version has succeeded since the last failure.
bool has_succeeded(const Handler& handler) {
    const auto note = read_regular(fingerprint_file(handler), 256);
    return note && *note != failed_with_settings;
}

/// Otherwise the next attempt would keep the status of this one. That 0.settings had content stays known: an
/// empty file that the agent is about to write would remove all services.
void forget_success(const Handler& handler) {
    if (can_be_absent(handler, 0)) (void)remove_file(fingerprint_file(handler));
    else (void)replace_file(fingerprint_file(handler), failed_with_settings);
}

model::Envelope envelope(const Handler& handler, const HandlerEnvironment& environment,
                         AgentSettings settings) {
    return {.source = model::SettingsSource::azure,
            .sequence = settings.sequence,
            .public_settings = std::move(settings.text),
            .protected_settings = {},
            .handler = model::Handler{environment.status_folder.string(),
                                      handler.folder.parent_path().string(), handler.version},
            .wrapped = true};
}

Result<> run_daemon(const Layout& layout, const Handler& handler) {
    const auto changed = install_daemon_files(layout, handler.folder);
    if (!changed) return changed.error();
    // Otherwise any version may be running.
    const bool needs_restart = *changed || !has_succeeded(handler);
    if (needs_restart) {
        // Check first: systemd would restart a broken program again and again, and Azure would not see why.
        if (auto runs = run_program(layout.program, {"--version"}, start_deadline); !runs)
            return Error(ErrorKind::invalid_input,
                         "cannot run dockerextd on this machine: " + runs.error().message());
        if (auto reloaded = systemctl(layout, {"daemon-reload"}); !reloaded) return reloaded;
    }
    std::error_code ignored;
    if (!std::filesystem::is_symlink(layout.wants_link, ignored)) {
        if (auto enabled = systemctl(layout, {"enable", unit_name}); !enabled) return enabled;
    }
    // Otherwise a reached start limit would refuse this start.
    (void)systemctl(layout, {"reset-failed", unit_name});
    return systemctl(layout, {needs_restart ? "restart" : "start", "--no-block", unit_name});
}

Result<> submit(const CommandContext& context, const HandlerEnvironment& environment, AgentSettings settings,
                const StatusFile& status) {
    const Handler& handler = context.handler;
    const std::string note = fingerprint(settings);
    const bool known = was_spooled(handler, settings);
    // First, so that Azure does not take the status of earlier settings for these.
    if (!known || !status.is_readable()) {
        auto written =
            status.write(context.now, StatusState::transitioning, "Settings submitted to dockerextd.");
        if (!written) return written;
    }
    if (auto systemd = require_systemd(context.layout); !systemd) return systemd;
    auto spooled = state::spool_settings(context.layout.daemon.spool,
                                         envelope(handler, environment, std::move(settings)));
    if (!spooled && !known) return spooled;           // the daemon already has known settings
    (void)store_status_path(context.layout, status);  // needed only once the daemon fails
    if (auto runs = run_daemon(context.layout, handler); !runs) return runs;
    return known ? Result<>{} : replace_file(fingerprint_file(handler), note);
}

Result<> read_and_submit(const CommandContext& context, const Result<HandlerEnvironment>& environment,
                         std::int64_t sequence, const StatusFile& status) {
    if (!environment) return environment.error();
    auto settings = read_settings(environment->config_folder, sequence, settings_timeout,
                                  can_be_absent(context.handler, sequence));
    if (!settings) return settings.error();
    return submit(context, *environment, std::move(*settings), status);
}

Result<> try_to_enable(const CommandContext& context,
                       Result<> (*schedule_retries)(const CommandContext&, std::int64_t)) {
    const Handler& handler = context.handler;
    const auto environment = read_environment(handler, settings_timeout);
    const HandlerEnvironment folders = environment ? *environment : default_environment(handler);
    const std::int64_t sequence = sequence_of(folders.config_folder, context.sequence);
    const StatusFile status(folders.status_folder, sequence);
    // An update is over once its new version is enabled, even if that fails.
    auto done = clear_update_marker(context.layout);
    if (done) done = read_and_submit(context, environment, sequence, status);
    if (done) return done;
    forget_success(handler);
    const bool is_retryable = done.error().kind() != ErrorKind::invalid_input;
    const bool will_retry = is_retryable && schedule_retries(context, sequence);
    const std::string why = done.error().message() + (will_retry ? "; retrying every 30 s" : "");
    if (!status.write(context.now, StatusState::error, why)) status.remove();
    return done;
}

}  // namespace

Result<> enable(const CommandContext& context) { return try_to_enable(context, schedule_enable_retries); }

/// Arranges no further attempt, because systemd does.
Result<> enable_again(const CommandContext& context) {
    return try_to_enable(context, [](const CommandContext&, std::int64_t) { return Result<>(); });
}

}  // namespace dockerext::shim
