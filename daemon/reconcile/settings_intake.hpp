#pragma once

#include "intake/parse_envelope.hpp"
#include "intake/secrets.hpp"
#include "model/status.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/engine_reconciler.hpp"
#include "reconcile/former_settings.hpp"
#include "reconcile/off_loop_parser.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/reporter.hpp"
#include "reconcile/swarm_reconciler.hpp"
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
                   Reconciler& reconciler, EngineReconciler& engine_reconciler,
                   SwarmReconciler& swarm_reconciler, Reporter& reporter, Changes& changes)
        : paths_(paths),
          spool_(std::move(spool)),
          store_(std::move(store)),
          good_(paths.state),
          intent_(intent),
          reconciler_(reconciler),
          engine_reconciler_(engine_reconciler),
          swarm_reconciler_(swarm_reconciler),
          reporter_(reporter),
          changes_(changes),
          parser_(paths.project, store_.file()),
          former_(parser_, store_, good_, intent, reconciler) {}

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
    /// What `roll_back` would put in force.
    const FormerSettingsReader& former() const noexcept { return former_; }
    /// Puts former settings in force instead of the stored settings, until new ones arrive; with `services`,
    /// only these of them. `reason` is for people.
    Task<Result<>> roll_back(std::optional<unsigned> number, std::set<model::ServiceName> services,
                             std::string reason);
    /// Puts the stored settings in force again.
    Task<Result<>> end_rollback();

    /// What new settings in an envelope ask for. Fails as OffLoopParser does.
    Task<Result<intake::IntakeResult>> examine(model::Envelope envelope) const;
    const model::SettingsStatus& status() const noexcept { return status_; }
    /// Reports that a copy of older settings is in force because the newest are unreadable; none if the
    /// newest are in force.
    std::optional<model::PartStatus> part() const;

private:
    Task<void> adopt_stored(model::Envelope stored);
    bool is_status_of_stored() const noexcept;
    void put_back(FormerSettings former, state::RolledBack rolled_back);
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
    SwarmReconciler& swarm_reconciler_;
    Reporter& reporter_;
    Changes& changes_;
    OffLoopParser parser_;
    FormerSettingsReader former_;
    model::SettingsStatus status_;
    intake::SecretsInUse secrets_;
    std::string keep_error_;
    std::string fallback_;           ///< why a copy of older settings is in force; "" if it is not
    std::string last_logged_error_;  ///< the last one logged, while it persists
};

}  // namespace dockerext::reconcile
