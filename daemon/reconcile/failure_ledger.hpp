#pragma once

#include "apply/executor.hpp"
#include "engine/events.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"
#include "reconcile/backoff.hpp"
#include "state/memory.hpp"

#include <functional>
#include <map>
#include <set>

namespace dockerext::reconcile {

/// Keeps the History: takes in what the daemon does, what events tell and what is observed, and says what the
/// planner may know of it. Does nothing itself; the clocks come in as arguments.
class FailureLedger {
public:
    /// `jitter` gives numbers in [0, 1] for the spread of waits.
    explicit FailureLedger(std::function<double()> jitter, Backoff backoff = {})
        : jitter_(std::move(jitter)), backoff_(backoff) {}

    const model::History& history() const noexcept { return history_; }
    /// Some step about it has not ended yet.
    bool under_way(const model::Subject& subject) const { return under_way_.contains(subject); }

    // What the daemon does.
    void planned(const model::Plan& plan);  ///< the runnable steps of `plan` are under way from now on
    void record(const apply::Outcome& outcome, model::SteadyTime now, model::WallTime wall_now);
    void reset_backoff(
        const std::set<model::ServiceName>& services);  ///< tries at once again; none named: all
    void new_settings();  ///< others than before: nothing of the old ones' failures counts

    // What others do.
    void heard(const engine::Event& event);
    /// A snapshot is begun. What is under way from now on, it may show half done: that stays busy until a
    /// snapshot begun later is seen.
    void snapshot_begun();
    /// The snapshot after a refresh; `desired` tells which endings are failures.
    void snapshot_taken(const model::Desired& desired, const model::Observed& observed, model::SteadyTime now,
                        model::WallTime wall_now);
    /// The plan made of that snapshot: what no longer differs counts as repaired for good.
    void settled(const model::Plan& plan);
    /// The engine answers again after an absence: what failed for want of it need not wait on.
    void engine_returned();
    /// Containers that ran before an absence and were found ended after it, with no event to tell how, though
    /// the engine remembers all events of that time.
    void mark_unseen_endings_cut_off(const model::Observed& observed);

    /// A registry that did not know us does now (its key: model/registry.hpp): its images need not wait on.
    void registry_knows_us(const std::string& key);

    // Across restarts of the daemon.
    void restore(const state::Memory& memory);
    void save_to(state::Memory& memory) const;

private:
    void failed(const model::Subject& subject, const std::string& error, unsigned free_tries,
                model::SteadyTime now, model::WallTime wall_now);
    void judge_ending(const model::Desired& desired, const model::ObservedContainer& container,
                      model::SteadyTime now, model::WallTime wall_now);
    void judge_successor(const model::ObservedContainer& container, model::SteadyTime now,
                         model::WallTime wall_now);
    void want_restart(const model::Service& service, const model::Observed& observed);
    void recover(const model::Observed& observed, model::SteadyTime now);
    void count_repairs(const model::Subject& subject, const std::set<std::string>& fields);

    // Hooks (owed_hooks.cpp).
    void owe_hooks(const model::Plan& plan);
    void started(const apply::Outcome& outcome);
    void hook_ended(const apply::Outcome& outcome);
    void follow_run(const model::ObservedContainer& container);

    // Networks that are made anew (network_replacement.cpp).
    void note_former_networks(const model::Plan& plan);
    bool count_failed_replacement(const model::Step& step);
    void put_back(const model::Subject& network, model::SteadyTime now);
    void forget_former_networks(const model::Desired& desired, const model::Observed& observed);

    std::function<double()> jitter_;
    Backoff backoff_;
    model::History history_;
    std::map<model::Subject, unsigned> under_way_;  ///< steps of each busy subject that have not ended
    std::set<model::Subject> over_;  ///< the busy ones whose steps had ended when the snapshot was begun
    std::map<model::ContainerId, model::WallTime> running_;  ///< id → started_at, when last seen
    std::map<model::ContainerId, model::Slot> slots_;        ///< whose container, when last seen
    std::set<model::ContainerId> deaths_;                    ///< whose end an event has told since its start
    std::set<model::ServiceName> recreated_;                 ///< since the last snapshot
    std::map<model::ContainerId, model::WallTime>
        counted_;  ///< id → the ending that has been counted as a failure
    std::map<model::Subject, model::SteadyTime> last_failure_;
    std::set<model::Subject> old_hooks_;  ///< those under way are of settings that are not in force any more
    std::map<model::Subject, std::set<std::string>>
        recreating_;  ///< slots being recreated, and for which fields
    std::map<model::Subject, std::set<std::string>>
        mending_;  ///< what is being put right without a new container, and which fields
};

}  // namespace dockerext::reconcile
