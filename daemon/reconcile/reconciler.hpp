#pragma once

#include "base/task_group.hpp"
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
#include "reconcile/trigger.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// The loop: wait, look, decide, begin. Each cycle derives everything anew (decide.hpp); it awaits nothing
/// but looks, whose length the deadlines of their calls bound. Plans run in the background. At rest it sleeps
/// until something is told or a wake-up is due. Everything on the daemon's thread.
class Reconciler {
public:
    /// What it works with; all of it outlives the loop.
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

    /// Cycles until cancelled; what is under way then is awaited or cancelled.
    Task<void> run();

    // From the settings.
    void adopt(Accepted accepted);
    /// Nothing is wanted any more, and what there is goes: kept on disk on return, and then done by whatever
    /// process comes.
    void dismiss(model::Extent extent);
    /// Until all leaving projects are gone; the names of what went. Fails at the first attempt that does;
    /// further attempts follow by themselves.
    Task<Result<std::vector<std::string>>> dismissed();
    /// The loop should have gone on by now (heartbeat.hpp).
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
    /// What the loop knows; the rest is others' to fill in.
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
    TaskGroup looks_;  ///< at leaving projects
    Heartbeat heartbeat_;

    bool connected_ = false;
    bool absent_ = true;       ///< the engine was away, or this process was: endings may have gone unseen
    bool missed_all_ = false;  ///< and all events of that time have been told since
    bool looked_ = false;      ///< everything has been looked at since it was asked for
    SteadyTime next_full_check_;
    ActionBudget budget_;
    bool throttled_ = false;           ///< the budget allows nothing now
    model::Plan plan_, leaving_plan_;  ///< of the last decision
    WakeUps wake_ups_;
    std::vector<std::string> removed_;  ///< of leaving projects, since there was none
    bool worked_ = false;               ///< since it last rested
    model::CycleStatus last_cycle_;
};

}  // namespace dockerext::reconcile
