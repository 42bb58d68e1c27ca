#pragma once

#include "intake/parse_envelope.hpp"
#include "reconcile/daemon_state_file.hpp"

#include <chrono>
#include <map>
#include <optional>

namespace dockerext::reconcile {

using intake::AcceptedSettings;

/// What people asked for: the settings in force, projects to remove, a pause. Its single owner; queries
/// change nothing. What is kept across restarts is on disk when a call returns.
class Intent {
public:
    Intent(DaemonStateFile& state_file, FailureLedger& ledger) : state_file_(state_file), ledger_(ledger) {}

    /// Whether the settings differ from those in force. `other_version`: the documents are the same, but
    /// images are pinned, or services come from former settings, where they did not before.
    enum class Adoption { changed, other_version, unchanged };
    /// A different project that was in force before leaves from now on. Settings without services do not ask
    /// to remove anything: only `down` does.
    Adoption put_in_force(AcceptedSettings accepted);
    /// Former settings are about to be put in force instead of the stored ones; or, with nullopt, stored
    /// ones.
    void note_rollback(std::optional<state::RolledBack> rolled_back);
    /// `down`: nothing is desired any more, and the project leaves. Ends a pause.
    void down(model::RemovalScope scope);
    /// The project leaves although settings are in force: they ask for a stack in its place.
    void remove_project();
    void pause(std::optional<std::chrono::seconds> duration);
    void resume();
    /// No object of a former project is left.
    void forget(const model::ProjectName& project);

    /// Null if no settings are in force.
    const AcceptedSettings* in_force() const noexcept { return accepted_ ? &*accepted_ : nullptr; }
    const std::optional<state::RolledBack>& rolled_back() const noexcept {
        return state_file_.content().rolled_back;
    }
    /// The fingerprint of the settings that people asked for last; "" for none.
    std::string requested() const;
    /// The project that the daemon manages; "" for none. Settings without services do not change it.
    const model::ProjectName& project() const noexcept { return state_file_.content().project; }
    const std::map<model::ProjectName, model::RemovalScope>& former() const noexcept {
        return state_file_.content().former;
    }
    std::optional<model::WallTime> paused_until() const noexcept {
        return state_file_.content().paused_until;
    }
    bool is_paused(model::WallTime now) const noexcept { return paused_until() && now < *paused_until(); }

private:
    DaemonStateFile& state_file_;
    FailureLedger& ledger_;
    std::optional<AcceptedSettings> accepted_;
};

}  // namespace dockerext::reconcile
