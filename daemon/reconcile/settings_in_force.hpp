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

namespace dockerext::reconcile {

/// The settings in force: stores what was accepted and what was good, hands it to the loops, and puts former
/// settings in force instead of the newest ones. A rejection changes only the status of the rejected
/// settings.
class SettingsInForce {
public:
    SettingsInForce(const state::Paths& paths, state::SettingsStore store, Intent& intent,
                    Reconciler& reconciler, EngineReconciler& engine_reconciler,
                    SwarmReconciler& swarm_reconciler, Reporter& reporter, Changes& changes)
        : store_(std::move(store)),
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

    /// What new settings in an envelope ask for. Fails as OffLoopParser does.
    Task<Result<intake::IntakeResult>> examine(model::Envelope envelope) const;
    /// Stores settings, then puts them in force. Fails if they cannot be stored.
    Result<> accept(const model::Envelope& envelope, AcceptedSettings accepted);
    /// Only their status says so. Fails if it will not outlive the process.
    Result<> reject(const model::Envelope& envelope, const std::vector<Problem>& problems);
    /// They cannot be read yet.
    void postpone(const model::Envelope& envelope, const std::string& why);
    /// A newer version has left settings that this one cannot read.
    void report_newer(const std::string& why);
    /// Deletes the stored and the good settings (`down`).
    Result<> forget();

    /// Everything runs as the settings in force ask: keeps them, with these images.
    Result<> keep_as_good(const std::map<model::ImageRef, model::ImageId>& images);
    /// Why they could not be kept; "" if the last attempt succeeded.
    const std::string& keep_error() const noexcept { return keep_error_; }
    /// The public document of the settings in force as it was written; `not_found` if none are in force. When
    /// some services were rolled back, it is that of the settings of all others.
    Result<std::string> public_settings() const;
    std::vector<state::GoodSettings> good() const { return good_.list(); }
    /// What `roll_back` would put in force.
    const FormerSettingsReader& former() const noexcept { return former_; }
    /// Puts former settings in force instead of the stored settings, until new ones arrive; with `services`,
    /// only these of them. `reason` is for people.
    Task<Result<>> roll_back(std::optional<unsigned> number, std::set<model::ServiceName> services,
                             std::string reason);
    /// Puts the stored settings in force again.
    Task<Result<>> end_rollback();

    /// Of the newest settings, also if they are not in force.
    const model::SettingsStatus& status() const noexcept { return status_; }
    /// Reports that a copy of older settings is in force because the newest are unreadable; none if the
    /// newest are in force.
    std::optional<model::PartStatus> part() const;

private:
    Task<void> adopt_stored(model::Envelope stored);
    void set_status_of_stored(model::SettingsState state, std::vector<Problem> errors);
    void put_back(FormerSettings former, state::RolledBack rolled_back);
    void adopt(AcceptedSettings accepted, const std::set<model::ServiceName>& again = {});
    void protect_good_images();

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
    std::string fallback_;  ///< why a copy of older settings is in force; "" if it is not
};

}  // namespace dockerext::reconcile
