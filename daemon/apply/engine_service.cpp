#include "apply/engine_change.hpp"

#include "apply/engine_effect.hpp"

namespace dockerext::apply {
namespace {

/// systemd starts the unit as it last read it, not the present files.
Task<Result<>> reload_stale_unit(systemd::Systemd& systemd) {
    const auto facts = co_await systemd.unit(engine_unit());
    if (!facts) co_return facts.error();
    if (!facts->need_daemon_reload) co_return Result<>{};
    co_return co_await systemd.daemon_reload();
}

Task<Result<>> bring_up(engine::Client& client, HostAccess& host) {
    const systemd::LogSpan log = co_await log_span_from_now(host);
    if (host.progress) host.progress("starting dockerd");
    const auto reloaded = co_await reload_stale_unit(host.systemd);
    if (!reloaded) co_return reloaded.error();
    const auto reset = co_await host.systemd.reset_failed(engine_unit());
    if (!reset) co_return reset.error();
    auto started = co_await host.systemd.start(engine_unit(), 2 * host.answer_timeout);
    if (started) {
        started = co_await wait_for_engine(client, host);
    }
    if (started) co_return Result<>{};
    const std::string lines = co_await failure_log_lines(host, log);
    co_return Error(started.error().kind(),
                    started.error().message() + (lines.empty() ? "" : "; dockerd said: " + lines));
}

}  // namespace

Task<Result<>> start_engine(engine::Client& client, HostAccess& host, model::StartEngine start) {
    if (start.start) {
        const auto recovered = co_await recover_engine(client, host);
        if (!recovered) co_return recovered.error();
        const auto started = co_await bring_up(client, host);
        if (!started) co_return started.error();
    }
    if (!start.enable) co_return Result<>{};
    co_return co_await host.systemd.enable(engine_unit());
}

}  // namespace dockerext::apply
