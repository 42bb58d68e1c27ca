#pragma once

#include "intake/parse_envelope.hpp"
#include "intake/secrets.hpp"
#include "model/status.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/engine_reconciler.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/reporter.hpp"
#include "state/good_settings.hpp"
#include "state/paths.hpp"
#include "state/settings_store.hpp"
#include "state/spool.hpp"
#include "watches/folder_watch.hpp"

namespace dockerext::reconcile {

/// Receives settings: reads the spool, accepts or rejects, stores what it accepted, and notifies the
/// reconciler. A rejection changes only the status of the rejected settings.
class SettingsIntake {
public:
    SettingsIntake(const state::Paths& paths, state::Spool spool, state::SettingsStore store, Intent& intent,
                   Reconciler& reconciler, EngineReconciler& engine_reconciler, Reporter& reporter,
                   Changes& changes)
        : paths_(paths),
          spool_(std::move(spool)),
          store_(std::move(store)),
          good_(paths.state),
          intent_(intent),
          reconciler_(reconciler),
          engine_reconciler_(engine_reconciler),
          reporter_(reporter),
          changes_(changes) {}

    /// Adopts the settings that an earlier process stored. If they are unreadable, it reports that and
    /// changes nothing.
    Task<void> restore();
    /// Takes what is in the spool, then what arrives; runs until cancelled.
    Task<void> run();
    /// Deletes the stored and the good settings (`down`).
    Result<> forget();

    /// Everything runs as the settings in force ask: keeps them, with these images.
    Result<> keep_as_good(const std::map<model::ImageRef, model::ImageId>& images);
    /// The public document of the settings in force as it was written; `not_found` if none are in force. When
    /// some services were rolled back, it is that of the settings of all others.
    Result<std::string> public_settings() const;
    /// Why they could not be kept; "" if the last attempt succeeded.
    const std::string& keep_error() const noexcept { return keep_error_; }
    std::vector<state::GoodSettings> good() const { return good_.list(); }
    struct FormerSettings {
        state::GoodSettings good;
        AcceptedSettings accepted;            ///< with the images that ran then
        std::set<model::ServiceName> kept{};  ///< stay as in the stored settings (x-dockerextd.rollback)
    };
    /// What `roll_back` would put in force: the good settings with that number, or else the newest before
    /// those in force; with `services`, only these of them, and otherwise without what must stay (`kept`;
    /// nullopt: as the containers show now). Refused if certificates in them are not valid at `now`.
    /// `not_found` if there are none.
    Task<Result<FormerSettings>> examine_rollback(std::optional<unsigned> number,
                                                  std::set<model::ServiceName> services,
                                                  std::optional<std::set<model::ServiceName>> kept,
                                                  std::optional<model::WallTime> now) const;
    /// Puts them in force instead of the stored settings, until new ones arrive; with `services`, only these
    /// of them. `reason` is for people.
    Task<Result<>> roll_back(std::optional<unsigned> number, std::set<model::ServiceName> services,
                             std::string reason);
    /// Puts the stored settings in force again.
    Task<Result<>> end_rollback();

    /// Parses the settings in an envelope. It runs on a thread of its own, off the event loop: the settings
    /// may name files on slow disks, and may be large. An exception is reported as a problem of the settings.
    /// `cancelled`, or `unavailable` if no thread can be created.
    Task<Result<intake::IntakeResult>> examine(model::Envelope envelope) const;
    const model::SettingsStatus& status() const noexcept { return status_; }
    /// Reports that a copy of older settings is in force because the newest are unreadable; none if the
    /// newest are in force.
    std::optional<model::PartStatus> part() const;

private:
    Task<void> adopt_stored(model::Envelope stored);
    Task<Result<FormerSettings>> examine_good(std::optional<unsigned> number,
                                              std::optional<model::WallTime> now) const;
    Task<Result<AcceptedSettings>> parse_stored() const;
    Result<std::set<model::ServiceName>> services_that_stay(const model::Project* stored) const;
    void put_back(FormerSettings former, state::RolledBack rolled_back);
    /// Off the event loop. With `now`, certificates that are not valid then are refused.
    Task<Result<intake::IntakeResult>> parse(model::Envelope envelope,
                                             std::optional<model::WallTime> now) const;
    void adopt(AcceptedSettings accepted, const std::set<model::ServiceName>& again = {});
    std::optional<watches::FolderWatch> open_watch(const asio::any_io_executor& executor);
    Task<bool> process_spool();
    Task<bool> process_entry(const state::Spool::Entry& entry, bool is_last);
    Result<> accept(const model::Envelope& envelope, AcceptedSettings accepted);
    bool defer(const state::Spool::Entry& entry, const Error& error, bool is_last);
    bool reject_settings(const state::Spool::Entry& entry, const std::vector<Problem>& problems);
    bool remove_from_spool(const state::Spool::Entry& entry);
    void report_newer_settings();
    void protect_good_images();
    void log_once(std::string_view what, const Error& error);

    state::Paths paths_;
    state::Spool spool_;
    state::SettingsStore store_;
    state::GoodSettingsStore good_;
    Intent& intent_;
    Reconciler& reconciler_;
    EngineReconciler& engine_reconciler_;
    Reporter& reporter_;
    Changes& changes_;
    model::SettingsStatus status_;
    intake::SecretsInUse secrets_;
    std::string keep_error_;
    std::string fallback_;           ///< why a copy of older settings is in force; "" if it is not
    std::string last_logged_error_;  ///< the last one logged, while it persists
};

}  // namespace dockerext::reconcile
