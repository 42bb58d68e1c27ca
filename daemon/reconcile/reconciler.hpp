#pragma once

#include "base/task_group.hpp"
#include "reconcile/decide.hpp"
#include "reconcile/heartbeat.hpp"
#include "reconcile/loop_state.hpp"
#include "reconcile/reconciler_inputs.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::reconcile {

/// The loop: wait, look, decide, start. Each cycle derives everything from the current state (decide.hpp). It
/// awaits only looks, which the deadlines of their calls bound; plans run in the background. When there is
/// nothing to do, it sleeps until it is triggered or a wake-up is due. Everything runs on the daemon's
/// thread.
class Reconciler {
public:
    Reconciler(const asio::any_io_executor& executor, const LoopParts& parts);

    /// Runs cycles until cancelled, then awaits or cancels the work under way.
    Task<void> run();

    // From the settings.
    void adopt(AcceptedSettings accepted, const std::set<model::ServiceName>& again = {}) {
        reconcile::adopt(state_, std::move(accepted), again);
    }
    /// The images of the good settings.
    void set_good_images(std::set<model::ImageId> images) {
        state_.ledger.set_good_images(std::move(images));
    }
    /// `down`: nothing is desired any more, and the project leaves. This is on disk on return; a later
    /// process continues the removal if this one ends.
    void down(model::RemovalScope scope) { reconcile::down(state_, scope); }
    /// The project leaves, although settings are in force: their services run as a stack.
    void remove_project() { reconcile::remove_project(state_); }
    /// Waits until all former projects are gone, and returns the names of what was removed. Fails at the
    /// first attempt that fails; the loop retries further by itself.
    Task<Result<std::vector<std::string>>> wait_until_down() { return reconcile::wait_until_down(state_); }
    /// Whether the loop is stuck (heartbeat.hpp).
    bool is_overdue(Duration tolerance);
    /// How late the loop is, or was when it last ran (heartbeat.hpp).
    Duration lag() const { return heartbeat_.lag(steady_now()); }

    // From the engine.
    void engine_connected(const EngineLink::MissedEvents& missed) {
        reconcile::engine_connected(state_, missed);
    }
    void engine_lost() { reconcile::engine_lost(state_); }
    void event_received(const engine::Event& event) { reconcile::event_received(state_, event); }

    // From operators.
    void check_everything() { reconcile::check_everything(state_); }
    void retry(const std::set<model::ServiceName>& services) { reconcile::retry(state_, services); }
    void restart(const std::set<model::ServiceName>& services) { reconcile::restart(state_, services); }
    void pause(std::optional<std::chrono::seconds> duration) { reconcile::pause(state_, duration); }
    void resume() { reconcile::resume(state_); }

    /// The plan of the last cycle, for people.
    model::Plan plan() const { return plan_for_display(state_); }
    /// What the loop knows; the caller fills in the rest.
    Facts facts() const { return reconcile::facts(state_); }

private:
    Task<void> cycle();
    Task<Result<>> look_and_act();
    void end_pause_when_due();
    void mark_all_when_due();
    Task<void> look();
    void look_at_former_projects();
    Task<void> look_at_former_projects(model::ProjectName project);
    bool check_repairs(const Decision& decision);
    void act_on(Decision decision);
    void save_state();
    Task<void> finish_hand_overs();
    Task<Result<Decision>> look_and_decide();
    void begin(model::Plan plan);
    void forget(const model::ProjectName& project);
    Duration until_next() const;

    LoopState state_;
    TaskGroup looks_;  ///< looks at former projects
    Heartbeat heartbeat_;
    bool throttled_ = false;     ///< the budget allows nothing now
    bool has_run_plan_ = false;  ///< a plan was started since the loop was last idle
};

}  // namespace dockerext::reconcile
