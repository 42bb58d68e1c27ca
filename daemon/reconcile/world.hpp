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
    bool is_current = false;   ///< taken since the project was asked for, and since our last work on it ended
    bool is_looking = false;   ///< another one is being taken
    bool look_failed = false;  ///< the last look brought no snapshot
    SteadyTime look_again_at;  ///< after a failed look; no look before
    SteadyTime ask_again_at;   ///< about the objects of which nothing is known
};

/// A project that is to go.
struct LeavingProject {
    model::Extent extent = model::Extent::without_volumes;
    Snapshot snapshot;
};

/// All that decides what is done, besides the time. What it points to belongs to the loop and outlives it.
struct World {
    const model::Desired* desired = nullptr;  ///< of the settings in force; none: nothing is wanted
    Snapshot snapshot;                        ///< of their project
    std::map<model::ProjectName, LeavingProject> leaving;
    const model::History* history = nullptr;
    const Redactor* redact = nullptr;             ///< hides what secrets texts may hold
    std::optional<model::WallTime> paused_until;  ///< WallTime::max(): until resumed
    bool is_connected = false;                    ///< to the engine
    bool is_engine_ready = false;  ///< nothing is being done to the engine itself, nor about to be
    /// Projects on which work that was called off has not ended, and that have changed sides since: in force
    /// before and leaving now, or the other way round.
    std::set<model::ProjectName> draining;
    SteadyTime next_full_check;
    SteadyTime next_action;  ///< the budget allows nothing before
};

}  // namespace dockerext::reconcile
