#pragma once

#include "base/trigger.hpp"
#include "engine/client.hpp"
#include "model/status.hpp"
#include "reconcile/action_budget.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/drift_tally.hpp"
#include "reconcile/engine_reconciler.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/plan_runs.hpp"
#include "reconcile/project_views.hpp"
#include "reconcile/restart_tally.hpp"
#include "reconcile/status.hpp"
#include "reconcile/world.hpp"
#include "report/counters.hpp"
#include "state/journal.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// The parts of the daemon that the loop uses; they outlive it.
struct LoopParts {
    engine::Client& client;
    state::Journal& journal;
    Intent& intent;
    DaemonStateFile& state_file;
    FailureLedger& ledger;
    EngineReconciler& engine_reconciler;
    Trigger& trigger;  ///< wakes the loop
    Changes& changes;
    report::Counters& counters;
};

/// What the loop works with, and what it knows between two cycles. The reconciler runs the cycles;
/// `reconciler_inputs` changes it for operators and the engine.
struct LoopState : LoopParts {
    LoopState(const asio::any_io_executor& executor, const LoopParts& parts);
    LoopState(LoopState&&) = delete;

    PlanRuns runs;
    ProjectViews views;
    LastOutputs last_outputs;
    bool connected = false;
    bool absent = true;          ///< the engine or the daemon was away: runs may have ended unseen
    bool missed_all = false;     ///< the link has received all events of that absence
    bool is_up_to_date = false;  ///< a look at everything has succeeded since it was requested
    SteadyTime next_full_check;
    ActionBudget budget;
    model::Plan plan, former_plan, image_plan;  ///< plans of the last decision
    WakeUps wake_ups;
    std::vector<std::string> removed;  ///< names of what was removed since projects began to leave
    model::CycleStatus last_cycle;
    DriftTally drift;
    RestartTally restarts;
};

std::set<model::ProjectName> names_of(const std::map<model::ProjectName, model::RemovalScope>& projects);

std::optional<std::string> why_not_removed(const LoopState& loop, const model::ProjectName& project);
/// The plan of the last cycle, for people.
model::Plan plan_for_display(const LoopState& loop);
/// What the loop knows; the caller fills in the rest.
Facts facts(const LoopState& loop);

}  // namespace dockerext::reconcile
