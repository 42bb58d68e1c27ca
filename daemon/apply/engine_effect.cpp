#include "apply/engine_effect.hpp"

#include "base/clock.hpp"
#include "base/timeout.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dockerext::apply {
namespace {

using namespace std::chrono_literals;
using Effect = model::ChangeEngine::Effect;

constexpr Duration poll_interval = 250ms;  ///< between two attempts
constexpr int log_wait_divisor = 10;       ///< share of the answer timeout to wait for dockerd's log

void report_progress(const HostAccess& host, const char* doing) {
    if (host.progress) host.progress(doing);
}

Task<Result<>> poll_until_it_answers(engine::Client& client, std::string& last_error) {
    for (;;) {
        const auto version = co_await client.negotiate();
        // An engine that is too old for the daemon answers, too.
        if (version || version.error().kind() == ErrorKind::invalid_input) co_return Result<>{};
        last_error = version.error().message();
        const bool slept = co_await sleep_for(poll_interval);
        if (!slept) co_return Error(ErrorKind::cancelled, "wait for the engine");
    }
}

/// Whether dockerd logged a failed reload, in the wording of dockerd 19.03 to 28.
bool shows_failed_reload(std::string_view lines, const Redactor& redact) {
    constexpr auto beginnings = std::to_array<std::string_view>(
        {"unable to configure the Docker daemon", "configuration validation failed",
         "Error reconfiguring the daemon", "Error validating authorization plugin"});
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view beginning) { return redact.contains_phrase(lines, beginning); });
}

bool shows_reload(const systemd::FailureLines& lines, const Redactor& redact) {
    return shows_failed_reload(lines.text, redact) ||
           redact.contains_phrase(lines.text, "Reloaded configuration");
}

/// The last lines that dockerd logged in that span, once `is_complete` accepts them or the time is over.
Task<std::string> log_lines_until(HostAccess& host, systemd::LogSpan span,
                                  bool (*is_complete)(const systemd::FailureLines& lines,
                                                      const Redactor& redact)) {
    const auto until = steady_now() + host.answer_timeout / log_wait_divisor;
    for (;;) {
        const systemd::FailureLines lines = host.recent_failure_lines(span, host.redact);
        const Duration left = until - steady_now();
        if (is_complete(lines, host.redact) || left <= Duration::zero()) co_return lines.text;
        const bool slept = co_await sleep_for(std::min(poll_interval, left));
        if (!slept) co_return lines.text;
    }
}

/// dockerd receives the signal later than systemd has sent it, and reports the result only in its log.
Task<Result<>> reload(HostAccess& host) {
    const systemd::LogSpan span{wall_now()};
    const auto reloaded = co_await host.systemd.reload(engine_unit(), host.answer_timeout);
    if (!reloaded) co_return reloaded.error();
    const std::string lines = co_await log_lines_until(host, span, shows_reload);
    if (shows_failed_reload(lines, host.redact)) co_return Error(ErrorKind::unavailable, lines);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return Error(ErrorKind::cancelled, "wait for dockerd to reload");
    co_return Result<>{};
}

Task<Result<>> restart(HostAccess& host) {
    // Earlier starts must not count: systemd refuses the fourth within a minute.
    const auto reset = co_await host.systemd.reset_failed(engine_unit());
    if (!reset) co_return reset.error();
    co_return co_await host.systemd.restart(engine_unit(), 2 * host.answer_timeout);
}

Task<Result<>> reload_or_restart(HostAccess& host, Effect effect) {
    if (effect == Effect::reload) {
        const auto facts = co_await host.systemd.unit(engine_unit());
        if (!facts) co_return facts.error();
        if (facts->active == model::UnitActive::active) {
            report_progress(host, "reloading dockerd");
            co_return co_await reload(host);
        }
    }
    report_progress(host, "restarting dockerd");
    co_return co_await restart(host);
}

Task<Result<>> apply_effect_unbounded(engine::Client& client, HostAccess& host, Effect effect,
                                      bool units_changed) {
    if (units_changed) {
        const auto read = co_await host.systemd.daemon_reload();
        if (!read) co_return read.error();
    }
    if (effect == Effect::none) co_return Result<>{};
    const auto applied = co_await reload_or_restart(host, effect);
    if (!applied) co_return applied.error();
    co_return co_await wait_for_engine(client, host);
}

}  // namespace

Task<Result<>> wait_for_engine(engine::Client& client, HostAccess& host) {
    std::string last_error;
    const auto answers = co_await with_timeout(host.answer_timeout, "the engine does not respond",
                                               poll_until_it_answers(client, last_error));
    if (!answers && !last_error.empty())
        co_return Error(answers.error().kind(), answers.error().message() + ": " + last_error);
    co_return answers;
}

Task<systemd::LogSpan> log_span_from_now(HostAccess& host) {
    const auto now = wall_now();
    const auto facts = co_await host.systemd.unit(engine_unit());
    co_return systemd::LogSpan{now, facts ? facts->invocation : ""};
}

Task<std::string> failure_log_lines(HostAccess& host, systemd::LogSpan span) {
    return log_lines_until(host, std::move(span), [](const systemd::FailureLines& lines, const Redactor&) {
        return lines.has_cause;
    });
}

Task<Result<>> apply_effect(engine::Client& client, HostAccess& host, const model::ChangeEngine& change) {
    const int periods = change.effect == Effect::reload ? 1 : 2;  // dockerd also needs time to stop
    return with_timeout(periods * host.answer_timeout, "dockerd takes too long",
                        apply_effect_unbounded(client, host, change.effect, change.units_changed));
}

}  // namespace dockerext::apply
