#include "reconcile/settings_intake.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/off_loop.hpp"
#include "intake/unwrap.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dockerext::reconcile {
namespace {

constexpr Duration spool_retry = std::chrono::seconds(5);  ///< without a folder watch, or after a failure

}  // namespace

Task<void> SettingsIntake::run() {
    const auto executor = co_await asio::this_coro::executor;
    std::optional<watches::FolderWatch> watch;
    for (;;) {
        if (!watch) watch = open_watch(executor);
        const bool all_processed = co_await process_spool();
        const bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        if (cancelled) co_return;
        if (!watch || !all_processed) {
            watch.reset();  // one of the watched folders may be missing
            const bool slept = co_await sleep_for(spool_retry);
            if (!slept) co_return;
            continue;
        }
        const auto changed = co_await watch->changed();
        if (!changed && changed.error().kind() == ErrorKind::cancelled) co_return;
        if (!changed) {
            log_once("reopening the spool folder", changed.error());
            watch.reset();
        }
    }
}

/// The folder may be new: a person may have removed it, and the shim or a command may have created it again.
std::optional<watches::FolderWatch> SettingsIntake::open_watch(const asio::any_io_executor& executor) {
    auto spool = state::Spool::open(folder_);
    if (!spool) return log_once("cannot open the spool", spool.error()), std::nullopt;
    spool_ = std::move(*spool);
    auto watch = watches::FolderWatch::open(executor, spool_.incoming());
    if (!watch) return log_once("polling the spool every few seconds", watch.error()), std::nullopt;
    return std::move(*watch);
}

/// False if something is left for a later attempt.
Task<bool> SettingsIntake::process_spool() {
    bool all_processed = true;
    while (all_processed) {
        auto entries = spool_.list();
        if (!entries) {
            log_once("cannot read the spool", entries.error());
            co_return false;
        }
        if (entries->empty()) break;
        for (const state::Spool::Entry& entry : *entries) {
            all_processed = co_await process_entry(entry, &entry == &entries->back());
            changes_.raise();
            if (!all_processed) break;  // keep the order: no later settings before these
        }
    }
    if (all_processed) last_logged_error_.clear();
    if (all_processed && !spool_.newer_entry().empty()) report_newer_settings();
    co_return all_processed;
}

/// False if a later attempt is needed. `entry` outlives the call.
Task<bool> SettingsIntake::process_entry(const state::Spool::Entry& entry, bool is_last) {
    if (entry.envelope.handler) reporter_.azure_settings_received(entry.envelope);
    std::function<Result<model::Envelope>(std::stop_token)> work =
        [envelope = entry.envelope](const std::stop_token&) { return intake::unwrap(envelope); };
    auto unwrapping = off_loop(std::move(work));  // it reads the agent's keys from disk
    const auto plain = co_await std::move(unwrapping);
    if (!plain && plain.error().kind() == ErrorKind::cancelled) co_return false;
    if (!plain && is_transient(plain.error().kind())) co_return defer(entry, plain.error(), is_last);
    if (!plain) co_return reject(entry, {{"", plain.error().message()}});
    auto examined = co_await settings_.examine(*plain);
    if (!examined && examined.error().kind() == ErrorKind::cancelled) co_return false;
    if (!examined) co_return defer(entry, examined.error(), is_last);
    if (!examined->accepted) co_return reject(entry, examined->problems);
    const auto accepted = settings_.accept(*plain, std::move(*examined->accepted));
    co_return accepted ? remove(entry) : defer(entry, accepted.error(), true);
}

/// Keeps unreadable settings in the spool for another attempt, but only the newest.
bool SettingsIntake::defer(const state::Spool::Entry& entry, const Error& error, bool is_last) {
    if (!is_last) return remove(entry);
    settings_.postpone(entry.envelope, error.message() + "; retrying every few seconds");
    log_once("cannot accept new settings", error);
    return false;
}

bool SettingsIntake::remove(const state::Spool::Entry& entry) {
    const auto removed = spool_.remove(entry.name);
    if (!removed) log_once("cannot remove accepted settings from the spool", removed.error());
    return removed.has_value();
}

/// Moves rejected settings aside with the reasons; false if the move failed.
bool SettingsIntake::reject(const state::Spool::Entry& entry, const std::vector<Problem>& problems) {
    if (const auto noted = settings_.reject(entry.envelope, problems); !noted)
        log_once("cannot save the rejection; it will be lost at the next restart", noted.error());
    const auto rejected = spool_.reject(entry.name, to_text(problems));
    if (!rejected) log_once("cannot set rejected settings aside", rejected.error());
    return rejected.has_value();
}

/// The settings in force stay until the newer version runs, or other settings arrive.
void SettingsIntake::report_newer_settings() {
    const std::string why = "a newer version of dockerextd wrote settings that wait in the spool (" +
                            spool_.newer_entry() +
                            "): reinstall that version, or apply settings with this one";
    log::warning("cannot accept settings", {{"REASON", why}});
    settings_.report_newer(why);
    changes_.raise();
}

/// Logs a persistent error once.
void SettingsIntake::log_once(std::string_view what, const Error& error) {
    if (std::exchange(last_logged_error_, error.message()) == error.message()) return;
    log::error(what, {{"ERROR", error.message()}});
}

}  // namespace dockerext::reconcile
