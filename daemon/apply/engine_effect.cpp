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

constexpr Duration pause = 250ms;     ///< between two attempts
constexpr int last_words_share = 10;  ///< share of the patience to wait for dockerd's log

void tell(const HostAccess& host, const char* doing) {
    if (host.progress) host.progress(doing);
}

Task<Result<>> ask_until_it_answers(engine::Client& client, std::string& refusal) {
    for (;;) {
        const auto version = co_await client.negotiate();
        // An engine that is too old for the daemon answers, too.
        if (version || version.error().kind() == ErrorKind::invalid_input) co_return Result<>{};
        refusal = version.error().message();
        const bool slept = co_await sleep_for(pause);
        if (!slept) co_return Error(ErrorKind::cancelled, "wait for the engine");
    }
}

/// Whether dockerd logged a failed reload, in the wording of dockerd 19.03 to 28.
bool tells_of_failed_reload(std::string_view words, const Redactor& redact) {
    constexpr auto beginnings = std::to_array<std::string_view>(
        {"unable to configure the Docker daemon", "configuration validation failed",
         "Error reconfiguring the daemon", "Error validating authorization plugin"});
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view beginning) { return redact.says(words, beginning); });
}

bool tells_of_reload(std::string_view words, const Redactor& redact) {
    return tells_of_failed_reload(words, redact) || redact.says(words, "Reloaded configuration");
}

/// The last lines that dockerd logged in that span, once `enough` accepts them or the time is over.
Task<std::string> words_until(HostAccess& host, systemd::LogSpan span,
                              bool (*enough)(std::string_view words, const Redactor& redact)) {
    const auto until = steady_now() + host.patience / last_words_share;
    for (;;) {
        const std::string words = host.recent_failure_lines(span, host.redact);
        const Duration left = until - steady_now();
        if (enough(words, host.redact) || left <= Duration::zero()) co_return words;
        const bool slept = co_await sleep_for(std::min(pause, left));
        if (!slept) co_return words;
    }
}

/// dockerd receives the signal later than systemd has sent it, and reports the result only in its log.
Task<Result<>> reload(HostAccess& host) {
    const systemd::LogSpan span{wall_now()};
    const auto reloaded = co_await host.systemd.reload(engine_unit(), host.patience);
    if (!reloaded) co_return reloaded.error();
    const std::string words = co_await words_until(host, span, tells_of_reload);
    if (tells_of_failed_reload(words, host.redact)) co_return Error(ErrorKind::unavailable, words);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return Error(ErrorKind::cancelled, "wait for dockerd to reload");
    co_return Result<>{};
}

Task<Result<>> restart(HostAccess& host) {
    // Earlier starts must not count: systemd refuses the fourth within a minute.
    const auto reset = co_await host.systemd.reset_failed(engine_unit());
    if (!reset) co_return reset.error();
    co_return co_await host.systemd.restart(engine_unit(), 2 * host.patience);
}

Task<Result<>> reload_or_restart(HostAccess& host, Effect effect) {
    if (effect == Effect::reload) {
        const auto facts = co_await host.systemd.unit(engine_unit());
        if (!facts) co_return facts.error();
        if (facts->active == model::UnitActive::active) {
            tell(host, "reloading dockerd");
            co_return co_await reload(host);
        }
    }
    tell(host, "restarting dockerd");
    co_return co_await restart(host);
}

Task<Result<>> take_effect_at_last(engine::Client& client, HostAccess& host, Effect effect,
                                   bool units_changed) {
    if (units_changed) {
        const auto read = co_await host.systemd.daemon_reload();
        if (!read) co_return read.error();
    }
    if (effect == Effect::none) co_return Result<>{};
    const auto taken = co_await reload_or_restart(host, effect);
    if (!taken) co_return taken.error();
    co_return co_await wait_for_engine(client, host);
}

}  // namespace

Task<Result<>> wait_for_engine(engine::Client& client, HostAccess& host) {
    std::string refusal;
    const auto answers = co_await with_timeout(host.patience, "the engine does not respond",
                                               ask_until_it_answers(client, refusal));
    if (!answers && !refusal.empty())
        co_return Error(answers.error().kind(), answers.error().message() + ": " + refusal);
    co_return answers;
}

Task<systemd::LogSpan> log_from_now_on(HostAccess& host) {
    const auto now = wall_now();
    const auto facts = co_await host.systemd.unit(engine_unit());
    co_return systemd::LogSpan{now, facts ? facts->invocation : ""};
}

Task<std::string> words_in(HostAccess& host, systemd::LogSpan span) {
    return words_until(host, std::move(span),
                       [](std::string_view words, const Redactor&) { return !words.empty(); });
}

Task<Result<>> take_effect(engine::Client& client, HostAccess& host, const model::ChangeEngine& change) {
    const int patience = change.effect == Effect::reload ? 1 : 2;  // dockerd also needs time to stop
    return with_timeout(patience * host.patience, "dockerd takes too long",
                        take_effect_at_last(client, host, change.effect, change.units_changed));
}

}  // namespace dockerext::apply
