#pragma once

#include "base/task_group.hpp"
#include "base/trigger.hpp"
#include "engine/client.hpp"
#include "model/status.hpp"
#include "reconcile/action_budget.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/decide.hpp"
#include "reconcile/engine_link.hpp"
#include "reconcile/engine_reconciler.hpp"
#include "reconcile/heartbeat.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/plan_runs.hpp"
#include "reconcile/project_views.hpp"
#include "reconcile/status.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// The loop: wait, look, decide, start. Each cycle derives everything from the current state (decide.hpp). It
/// awaits only looks, which the deadlines of their calls bound; plans run in the background. When there is
/// nothing to do, it sleeps until it is triggered or a wake-up is due. Everything runs on the daemon's
/// thread.
class Reconciler {
public:
    /// The parts that the loop uses; they outlive it.
    struct Parts {
        engine::Client& client;
        state::Journal& journal;
        Intent& intent;
        MemoryFile& memory;
        FailureLedger& ledger;
        EngineReconciler& engine_reconciler;
        Trigger& trigger;  ///< wakes the loop
        Changes& changes;
    };
    Reconciler(const asio::any_io_executor& executor, Parts parts);

    /// Runs cycles until cancelled, then awaits or cancels the work under way.
    Task<void> run();

    // From the settings.
    void adopt(Accepted accepted);
    /// `down`: nothing is desired any more, and the project leaves. This is on disk on return; a later
    /// process continues the removal if this one ends.
    void dismiss(model::Extent extent);
    /// Waits until all leaving projects are gone, and returns the names of what was removed. Fails at the
    /// first attempt that fails; the loop retries further by itself.
    Task<Result<std::vector<std::string>>> dismissed();
    /// Whether the loop is stuck (heartbeat.hpp).
    bool is_overdue(Duration tolerance);

    // From the engine.
    void engine_connected(const EngineLink::Missed& missed);
    void engine_lost();
    void heard(const engine::Event& event);

    // From operators.
    void check_everything();
    void retry(const std::set<model::ServiceName>& services);
    void pause(std::optional<std::chrono::seconds> duration);
    void resume();

    /// The plan of the last cycle, for people.
    model::Plan plan() const;
    /// What the loop knows; the caller fills in the rest.
    Facts facts() const;

private:
    Task<void> cycle();
    Task<Result<>> look_and_act();
    void end_pause_when_due();
    void mark_all_when_due();
    Task<void> look();
    void look_at_leaving();
    Task<void> look_at_leaving(model::ProjectName project);
    World world() const;
    bool judge(const Decision& decision);
    void take(Decision decision);
    void begin(model::Plan plan);
    void ended(const apply::Outcome& outcome);
    void forget(const model::ProjectName& project);
    void remember(const engine::Event& event);
    void call_off();
    Duration until_next() const;
    std::optional<std::string> why_not_gone(const model::ProjectName& project) const;
    std::set<model::ProjectName> draining() const;

    engine::Client& client_;
    Intent& intent_;
    MemoryFile& memory_;
    FailureLedger& ledger_;
    EngineReconciler& engine_reconciler_;
    Trigger& trigger_;
    Changes& changes_;
    PlanRuns runs_;
    ProjectViews views_;
    TaskGroup looks_;  ///< looks at leaving projects
    Heartbeat heartbeat_;

    bool connected_ = false;
    bool absent_ = true;       ///< the engine or the daemon was away: runs may have ended unseen
    bool missed_all_ = false;  ///< the link has received all events of that absence
    bool looked_ = false;      ///< a look at everything has succeeded since it was requested
    SteadyTime next_full_check_;
    ActionBudget budget_;
    bool throttled_ = false;           ///< the budget allows nothing now
    model::Plan plan_, leaving_plan_;  ///< plans of the last decision
    WakeUps wake_ups_;
    std::vector<std::string> removed_;  ///< names of what was removed since projects began to leave
    bool worked_ = false;               ///< a plan was started since the loop was last idle
    model::CycleStatus last_cycle_;
};

}  // namespace dockerext::reconcile
