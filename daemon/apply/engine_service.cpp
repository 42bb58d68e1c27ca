#include "apply/engine_change.hpp"

#include "apply/engine_effect.hpp"

namespace dockerext::apply {
namespace {

/// systemd starts the unit as it last read it, not the present files.
Task<Result<>> with_fresh_files(systemd::Systemd& systemd) {
    const auto facts = co_await systemd.unit(engine_unit());
    if (!facts) co_return facts.error();
    if (!facts->need_daemon_reload) co_return Result<>{};
    co_return co_await systemd.daemon_reload();
}

Task<Result<>> bring_up(engine::Client& client, HostAccess& host) {
    const systemd::LogSpan log = co_await log_from_now_on(host);
    if (host.progress) host.progress("starting dockerd");
    const auto fresh = co_await with_fresh_files(host.systemd);
    if (!fresh) co_return fresh.error();
    const auto reset = co_await host.systemd.reset_failed(engine_unit());
    if (!reset) co_return reset.error();
    auto up = co_await host.systemd.start(engine_unit(), 2 * host.patience);
    if (up) {
        up = co_await wait_for_engine(client, host);
    }
    if (up) co_return Result<>{};
    const std::string words = co_await words_in(host, log);
    co_return Error(up.error().kind(),
                    up.error().message() + (words.empty() ? "" : "; dockerd said: " + words));
}

}  // namespace

Task<Result<>> start_engine(engine::Client& client, HostAccess& host, model::StartEngine start) {
    if (start.start) {
        const auto recovered = co_await recover_engine(client, host);
        if (!recovered) co_return recovered.error();
        const auto up = co_await bring_up(client, host);
        if (!up) co_return up.error();
    }
    if (!start.enable) co_return Result<>{};
    co_return co_await host.systemd.enable(engine_unit());
}

}  // namespace dockerext::apply
