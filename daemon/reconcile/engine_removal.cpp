#include "reconcile/engine_removal.hpp"

#include "apply/engine_change.hpp"
#include "apply/executor.hpp"
#include "base/log.hpp"
#include "base/spawn.hpp"
#include "base/task_group.hpp"
#include "observe/host_observer.hpp"
#include "plan/removal.hpp"
#include "reconcile/removal.hpp"
#include "state/lock.hpp"
#include "state/paths.hpp"

#include <boost/asio/this_coro.hpp>

namespace dockerext::reconcile {
namespace {

namespace fs = std::filesystem;
using model::Removal;

/// Settings that cannot be read ask for nothing.
bool is_removal_requested(const state::Paths& paths) {
    const auto settings = settings_in_force(paths);
    return settings && settings->docker.on_uninstall == model::OnUninstall::remove;
}

/// First rolls back an interrupted change. Continues even if dockerd does not start after that.
Task<Result<model::Plan>> plan_engine_removal(engine::Client& client, apply::HostAccess& host) {
    const auto recovered = co_await apply::recover_engine(client, host);
    if (!recovered)
        log::warning("an engine change was interrupted", {{"ERROR", recovered.error().message()}});
    const auto record = apply::load_record(host);
    if (!record) co_return record.error();
    const auto observed = co_await observe::observe_host(host.systemd, host.root);
    if (!observed) co_return observed.error();
    model::Plan plan = plan::plan_removal(*observed, record->owned);
    if (!plan.steps.empty() && !observed->systemd)  // also with another root: packages belong to this machine
        co_return Error(ErrorKind::unavailable,
                        "systemd does not run this machine's services, or does not respond");
    co_return plan;
}

Task<Result<Removal>> run_removal(apply::HostAccess& host, engine::Client& client, state::Journal& journal) {
    auto plan = co_await plan_engine_removal(client, host);
    if (!plan) co_return plan.error();
    if (plan->steps.empty()) co_return Removal{{}, "no engine was installed here by dockerextd"};
    OutcomeCollector collector;
    apply::Executor executor(client, journal, co_await asio::this_coro::executor, apply::one_at_a_time,
                             &host);
    co_await executor.run(std::move(*plan), 0, host.redact, collector.callbacks());
    co_return std::move(collector).result();
}

Task<Result<Removal>> remove_engine_at(const fs::path& root, const fs::path& socket,
                                       const state::Paths& paths, state::Journal& journal) {
    const auto executor = co_await asio::this_coro::executor;
    engine::Client client(executor, socket);
    systemd::Systemd systemd(executor, {});
    state::HostRecordStore record(paths.host_record);
    apply::HostAccess host{systemd, record, root};
    host.redact = secrets_in_force(paths);
    client.set_redactor(host.redact);
    TaskGroup connection(executor);
    connection.spawn(systemd.run());
    auto removed = co_await run_removal(host, client, journal);
    connection.cancel();
    co_await connection.join();
    co_return removed;
}

}  // namespace

Result<Removal> remove_engine(const fs::path& root, const std::string& docker_host) {
    const state::Paths paths(root);
    if (!is_removal_requested(paths))
        return Removal{{}, "the settings do not ask for it (docker.install.on-uninstall)"};
    const auto socket = engine::parse_docker_host(docker_host);
    if (!socket) return socket.error();
    const auto lock = state::lock_folder(paths.state);
    if (!lock) return lock.error();
    auto journal = state::Journal::open(paths.state);
    if (!journal) return journal.error();

    asio::io_context io(1);
    return run_alone(io, remove_engine_at(root, *socket, paths, *journal));
}

}  // namespace dockerext::reconcile
