#include "reconcile/settings_desk.hpp"

#include "base/message_id.hpp"
#include "host/folder_watch.hpp"

#include <boost/asio/this_coro.hpp>

namespace dockerext::reconcile {
namespace {

model::SettingsStatus status_of(const model::Envelope& envelope, std::string state, std::vector<Problem> errors) {
    return {envelope.sequence, envelope.source, std::move(state), std::move(errors)};
}

constexpr Duration look_again = std::chrono::seconds(5);  ///< where inotify is not to be had

}  // namespace

Intake SettingsDesk::examine(const model::Envelope& envelope) const {
    return take_in(envelope, paths_.project, store_.file());
}

void SettingsDesk::restore() {
    const auto loaded = store_.load();
    if (!loaded.warning.empty()) log::warning("stored settings are damaged", {{"ERROR", loaded.warning}});
    if (!loaded.envelope) {
        if (loaded.damaged) status_ = {.state = "rejected", .errors = {{"", loaded.warning}}};
        return;
    }
    Intake intake = examine(*loaded.envelope);
    status_ = status_of(*loaded.envelope, intake.accepted ? "accepted" : "rejected", intake.problems);
    if (intake.accepted) {
        // What was made by the settings before may still be there, and hold their secrets.
        if (const auto previous = store_.previous()) intake.accepted->desired.redact.also(secrets_of(*previous));
        return reconciler_.adopt(std::move(*intake.accepted));
    }
    log::error("stored settings are not valid for this version; what runs is left alone",
               {{"ERROR", to_text(intake.problems)}});
}

Task<void> SettingsDesk::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto watch = host::FolderWatch::open(co_await asio::this_coro::executor, spool_.incoming());
    if (!watch) log::warning("the spool is looked at every few seconds", {{"ERROR", watch.error().message()}});
    for (;;) {
        take_all();
        const bool told_to_end = co_await is_cancelled();  // while it was not waiting
        if (told_to_end) co_return;
        if (watch) {
            const auto changed = co_await watch->changed();
            if (!changed && changed.error().kind() == ErrorKind::cancelled) co_return;
            if (!changed) {
                log::error("the spool cannot be watched any more", {{"ERROR", changed.error().message()}});
                watch = changed.error();
            }
        } else {
            const bool slept = co_await sleep_for(look_again);
            if (!slept) co_return;
        }
    }
}

void SettingsDesk::take_all() {
    for (;;) {
        auto entries = spool_.list();
        if (!entries) return log::error("the spool cannot be read", {{"ERROR", entries.error().message()}});
        if (entries->empty()) return;
        for (const state::Spool::Entry& entry : *entries) {
            if (auto taken = take(entry); !taken) {
                return log::error("new settings could not be taken", {{"ERROR", taken.error().message()}});
            }
        }
    }
}

/// Accepted: kept on disk before it is acted on, so that a crash cannot lose it. Rejected: set aside with its reasons.
Result<> SettingsDesk::take(const state::Spool::Entry& entry) {
    Intake intake = examine(entry.envelope);
    const std::string sequence = std::to_string(entry.envelope.sequence);
    if (!intake.accepted) {
        log::warning("settings rejected", {log::id_settings_rejected,
                                           {"SOURCE", entry.envelope.source},
                                           {"SEQUENCE", sequence},
                                           {"REASON", to_text(intake.problems)}});
        status_ = status_of(entry.envelope, "rejected", intake.problems);
        return spool_.reject(entry.name, to_text(intake.problems));
    }
    if (auto saved = store_.save(entry.envelope); !saved) {
        status_ = status_of(entry.envelope, "rejected", {{"", saved.error().message()}});
        return saved.error();
    }
    log::info("settings accepted",
              {log::id_settings_accepted, {"SOURCE", entry.envelope.source}, {"SEQUENCE", sequence}});
    status_ = status_of(entry.envelope, "accepted", {});
    reconciler_.adopt(std::move(*intake.accepted));
    return spool_.remove(entry.name);
}

Result<> SettingsDesk::forget() {
    status_ = {};
    reconciler_.forget();
    return store_.clear();
}

}  // namespace dockerext::reconcile
