#pragma once

#include "base/redactor.hpp"
#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"

#include <map>
#include <optional>
#include <set>

namespace dockerext::reconcile {

/// The latest snapshot of a project, and how far it can be relied on.
struct Snapshot {
    const model::Observed* observed = nullptr;  ///< none before the first look
    /// Taken since the project was requested, and since the daemon's last work on it ended.
    bool is_current = false;
    bool is_looking = false;      ///< another snapshot is being taken
    bool look_failed = false;     ///< the last look failed
    SteadyTime look_again_at;     ///< no look before this time, after a failed look
    SteadyTime retry_unknown_at;  ///< when to ask again about unknown objects
};

/// A project that is being removed.
struct FormerProject {
    model::RemovalScope scope = model::RemovalScope::without_volumes;
    Snapshot snapshot;
};

/// Everything that determines the decision, apart from the time. What it points to belongs to the loop and
/// outlives it.
struct World {
    const model::Desired* desired = nullptr;  ///< of the settings in force; null: nothing is desired
    Snapshot snapshot;                        ///< of the project in force
    std::map<model::ProjectName, FormerProject> former;
    const model::History* history = nullptr;
    const Redactor* redact = nullptr;             ///< hides secrets in texts
    std::optional<model::WallTime> paused_until;  ///< WallTime::max(): until resumed
    bool is_connected = false;                    ///< to the engine
    bool is_engine_ready = false;                 ///< no step changes the engine now, and none is about to
    /// Projects with cancelled work that has not ended, and that have moved since: they were in force before
    /// and leave now, or the other way round.
    std::set<model::ProjectName> draining;
    SteadyTime next_full_check;
    SteadyTime next_action;  ///< the action budget allows no action before this time
};

}  // namespace dockerext::reconcile
