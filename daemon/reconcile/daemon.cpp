#include "reconcile/daemon.hpp"

#include "base/message_id.hpp"
#include "base/random_fraction.hpp"
#include "base/spawn.hpp"
#include "base/task_group.hpp"
#include "reconcile/control.hpp"
#include "reconcile/engine_link.hpp"
#include "reconcile/engine_reconciler.hpp"
#include "reconcile/image_checks.hpp"
#include "reconcile/metrics_exporter.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/rollback.hpp"
#include "reconcile/settings_in_force.hpp"
#include "reconcile/settings_intake.hpp"
#include "reconcile/status_only.hpp"
#include "reconcile/swarm_reconciler.hpp"
#include "report/control_server.hpp"
#include "report/counters.hpp"
#include "state/lock.hpp"
#include "state/paths.hpp"
#include "state/sealed.hpp"
#include "systemd/notify.hpp"
#include "watches/clock_watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <malloc.h>

#include <csignal>

namespace dockerext::reconcile {
namespace {

namespace fs = std::filesystem;

/// The files that are opened before anything runs.
struct Files {
    UniqueFd lock;
    state::Journal journal;
    state::Spool spool;
};

Result<Files> open_files(const state::Paths& paths) {
    if (auto made = state::make_folders(paths); !made) return made.error();
    auto lock = state::lock_folder(paths.state);
    if (!lock) return lock.error();
    auto journal = state::Journal::open(paths.state);
    if (!journal) return journal.error();
    auto spool = state::Spool::open(paths.spool);
    if (!spool) return spool.error();
    return Files{std::move(*lock), std::move(*journal), std::move(*spool)};
}

void log_interrupted_steps(const state::Journal& journal) {
    for (const state::JournalEntry& entry : journal.interrupted()) {
        log::warning("interrupted: " + entry.verb + " " + entry.object + "; checking whether it took effect",
                     {{"STEP", entry.verb}, {"OBJECT", entry.object}, {"SERVICE", entry.service}});
    }
}

/// Runs until SIGTERM or SIGINT. SIGHUP requests a full check.
Task<void> handle_signals(Reconciler& reconciler, EngineReconciler& engine_reconciler,
                          SwarmReconciler& swarm_reconciler) {
    asio::signal_set signals(co_await asio::this_coro::executor, SIGTERM, SIGINT, SIGHUP);
    for (;;) {
        const auto [error, number] = co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error || number != SIGHUP) co_return;
        systemd::notify_reloading();
        log::info("checking everything, because of a signal", {});
        engine_reconciler.check_everything();
        swarm_reconciler.check_everything();
        reconciler.check_everything();
        systemd::notify_ready();
    }
}

/// Delays use the steady clock, so a clock change does not affect them. But the known times of the engine's
/// events are of the old clock.
Task<void> handle_clock_changes(Reconciler& reconciler, EngineLink& link) {
    auto clock = watches::ClockWatch::open(co_await asio::this_coro::executor);
    if (!clock)
        co_return log::warning("cannot notice changes of the clock", {{"ERROR", clock.error().message()}});
    for (;;) {
        const bool changed = co_await clock->changed();
        if (!changed) co_return;
        log::info("checking everything, because the clock was set", {});
        link.clock_was_set();
        reconciler.check_everything();
    }
}

Task<Result<>> lock_and_run_status_only(state::Paths paths, std::string newer) {
    if (auto made = state::make_folders(paths); !made) co_return made.error();
    const auto lock = state::lock_folder(paths.state);
    if (!lock) co_return lock.error();
    co_return co_await run_status_only(paths, std::move(newer));
}

// NOLINTNEXTLINE(readability-function-size): creates all parts, in the only order that their references allow
Task<Result<>> serve(const fs::path& root, const state::Paths& paths, const fs::path& socket, Files files) {
    const auto executor = co_await asio::this_coro::executor;
    engine::Client client(executor, socket);
    Changes changes;
    report::Counters counters;
    client.set_call_listener(
        [&](std::string_view call, Duration took) { counters.engine_calls[call].add(took); });
    FailureLedger ledger(random_fraction);
    DaemonStateFile state_file(state::DaemonStateStore(paths.state), ledger);
    Intent intent(state_file, ledger);
    Trigger reconcile_trigger;
    EngineReconciler engine_reconciler(executor, client, files.journal, root,
                                       state::HostRecordStore(paths.host_record), intent, reconcile_trigger,
                                       changes, counters);
    Reconciler reconciler(executor, {.client = client,
                                     .journal = files.journal,
                                     .intent = intent,
                                     .state_file = state_file,
                                     .ledger = ledger,
                                     .engine_reconciler = engine_reconciler,
                                     .trigger = reconcile_trigger,
                                     .changes = changes,
                                     .counters = counters});
    SwarmReconciler swarm_reconciler(executor,
                                     {.client = client,
                                      .journal = files.journal,
                                      .intent = intent,
                                      .tokens = engine_reconciler.tokens(),
                                      .changes = changes,
                                      .counters = counters,
                                      .engine_ready = [&] { return engine_reconciler.engine_ready(); },
                                      .remove_project = [&] { reconciler.remove_project(); }},
                                     state::SwarmRecordStore(paths.swarm_record));
    EngineLink link(client, {[&](const auto& missed) {
                                 engine_reconciler.engine_connected(missed.version);
                                 swarm_reconciler.engine_connected();
                                 reconciler.engine_connected(missed);
                             },
                             [&](const engine::Event& event) {
                                 swarm_reconciler.event_received(event);
                                 reconciler.event_received(event);
                             },
                             [&](const Error&) {
                                 engine_reconciler.engine_lost();
                                 swarm_reconciler.engine_lost();
                                 reconciler.engine_lost();
                             }});
    if (const auto until = state_file.last_look_at()) link.set_received_until(*until);
    Reporter reporter(changes, state::ReportTargetStore(paths.state));
    SettingsInForce settings(paths, state::SettingsStore(paths.state), intent, reconciler, engine_reconciler,
                             swarm_reconciler, reporter, changes);
    SettingsIntake settings_intake(paths.spool, std::move(files.spool), settings, reporter, changes);
    Rollback rollback(intent, ledger, reconciler, settings, changes);
    ImageChecks image_checks(client, intent, ledger, reconciler, engine_reconciler.tokens(),
                             reconcile_trigger, changes);
    MetricsExporter metrics_exporter(executor, intent, changes, root);
    Control control(client, intent, ledger, reconciler, engine_reconciler, swarm_reconciler, link, settings,
                    rollback, metrics_exporter, files.journal, changes, counters);
    auto server = report::ControlServer::listen(
        executor, paths.control_socket,
        [&](report::ControlRequest request) { return control.answer(std::move(request)); });
    if (!server) co_return server.error();

    co_await settings.restore();
    TaskGroup tasks(executor);
    tasks.spawn((*server)->serve());
    tasks.spawn(metrics_exporter.run([&] { return control.metrics(); }));
    tasks.spawn(settings_intake.run());
    tasks.spawn(link.run());
    tasks.spawn(link.watch());
    tasks.spawn(handle_clock_changes(reconciler, link));
    tasks.spawn(engine_reconciler.run());
    tasks.spawn(swarm_reconciler.run());
    tasks.spawn(swarm_reconciler.follow_scheduled_events());
    tasks.spawn(reconciler.run());
    tasks.spawn(image_checks.run());
    tasks.spawn(rollback.run([&] { return control.status(); }));
    tasks.spawn(reporter.run([&] { return control.status(); }));
    tasks.spawn(systemd::feed_watchdog([&](Duration tolerance) { return reconciler.is_overdue(tolerance); }));
    systemd::notify_ready();
    log::info("daemon started",
              {log::id_daemon_started, {"STATE", paths.state.string()}, {"ENGINE", socket.string()}});
    co_await handle_signals(reconciler, engine_reconciler, swarm_reconciler);
    systemd::notify_stopping();
    log::info("daemon stopping", {});
    tasks.cancel();
    co_await tasks.join();
    co_return Result<>{};
}

}  // namespace

Task<Result<>> daemon(fs::path root, std::string docker_host) {
    const auto socket = engine::parse_docker_host(docker_host);
    if (!socket) co_return socket.error();
    systemd::notify_before_each_sync();
    const state::Paths paths(root);
    if (auto newer = state::newer_state(paths.state))
        co_return co_await lock_and_run_status_only(paths, std::move(*newer));
    auto files = open_files(paths);
    if (!files) co_return files.error();
    log_interrupted_steps(files->journal);
    co_return co_await serve(root, paths, *socket, std::move(*files));
}

Result<> run_daemon(const fs::path& root, const std::string& docker_host) {
    // Large texts (status, metrics, the engine's answers) go back to the system when they are freed. By
    // default the first of them raises this limit, and the following ones stay in the heap.
    constexpr int always_returned = 128 << 10;
    (void)::mallopt(M_MMAP_THRESHOLD, always_returned);
    asio::io_context io(1);
    return run_alone(io, daemon(root, docker_host));
}

}  // namespace dockerext::reconcile
