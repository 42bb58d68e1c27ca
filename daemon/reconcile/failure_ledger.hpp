#pragma once

#include "apply/executor.hpp"
#include "engine/events.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"
#include "reconcile/backoff.hpp"
#include "state/memory.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace dockerext::reconcile {

constexpr std::chrono::seconds proper_run{10};  ///< what has lasted that long is repeated at once

/// The one ledger of what has failed, for containers and for the engine's own part. Takes in what the daemon
/// does, what events tell and what is observed, and keeps the History that the planner may know of it. Does
/// nothing itself; the clocks come in as arguments.
///
/// A step's success ends no trouble: a subject is well when a later snapshot shows it as wanted and its run
/// has held. Ten minutes of that, and the trouble is forgotten. What was put right and differs again within
/// ten minutes counts as a failure, whoever undid it.
class FailureLedger {
public:
    /// `jitter` gives numbers in [0, 1] for the spread of waits.
    explicit FailureLedger(std::function<double()> jitter, Backoff backoff = {})
        : jitter_(std::move(jitter)), backoff_(backoff) {}

    const model::History& history() const noexcept { return history_; }
    /// Some step about it has not ended yet.
    bool under_way(const model::Subject& subject) const { return under_way_.contains(subject); }

    // What the daemon does.
    /// Takes in a plan made of the last snapshot: what differs again although it was put right, and what has
    /// been as wanted for how long. Whether something has to wait now that the plan would do: then another
    /// one is to be made.
    [[nodiscard]] bool judge(const model::Plan& plan, model::SteadyTime now, model::WallTime wall_now);
    void planned(const model::Plan& plan);  ///< the runnable steps of `plan` are under way from now on
    void record(const apply::Outcome& outcome, model::SteadyTime now, model::WallTime wall_now);
    void reset_backoff(const std::set<model::ServiceName>& services);  ///< none named: of everything
    void new_settings();  ///< others than before: nothing of the old ones' failures counts
    void new_project();   ///< none of its jobs has run yet

    // What others do.
    void heard(const engine::Event& event);
    /// A snapshot is begun. What is under way from now on, it may show half done: that stays busy until a
    /// snapshot begun later is taken.
    void snapshot_begun();
    /// The snapshot after a refresh; `desired` tells which endings are failures.
    void snapshot_taken(const model::Desired& desired, const model::Observed& observed, model::SteadyTime now,
                        model::WallTime wall_now);
    /// A snapshot without containers: of the machine.
    void snapshot_taken();
    /// The engine answers again after an absence: what failed for want of it need not wait on.
    void engine_returned();
    /// The engine or we were away, and all events of that time have been told: who ran before and is found
    /// ended by the next snapshot that shows it, without an event that told so, was cut off.
    void mark_unseen_endings_cut_off();

    /// A registry that did not know us does now (its key: model/registry.hpp): its images need not wait on.
    void registry_knows_us(const std::string& key);

    // Across restarts of the daemon.
    void restore(const state::Memory& memory);
    void save_to(state::Memory& memory) const;

private:
    using Fields = std::set<std::string>;
    struct Repair {
        model::SteadyTime at;                         ///< when the last step of it succeeded
        std::optional<model::SteadyTime> seen_right;  ///< since a plan had nothing to do about it
        Fields fields;
        bool recreated = false;  ///< by a new object
    };
    /// An order to end, of a run that no snapshot has shown since.
    struct OrderToEnd {
        bool by_us = false;
        bool is_before_snapshot = false;  ///< told before the next snapshot was begun
    };
    /// What events have told of a container.
    struct Told {
        bool started = false;             ///< and no snapshot has shown it since
        bool ended = false;               ///< since its last start
        std::string exit_code;            ///< of its last end
        std::optional<OrderToEnd> order;  ///< since its last start
        bool may_be_cut_off = false;  ///< it ran before an absence that no snapshot of it has followed yet
    };

    void succeeded(const apply::Outcome& outcome, model::SteadyTime now, model::WallTime wall_now);
    void failed(const model::Subject& subject, const std::string& error, unsigned free_tries,
                const Backoff& backoff, model::SteadyTime now, model::WallTime wall_now);
    void forget_the_gone(const model::Observed& observed);

    // How runs have ended (run_ends.cpp).
    void note_order_to_end(const model::ObservedContainer& container, Told& told);
    void note_cut_off(const model::ObservedContainer& container, Told& told);
    bool ended_by_itself(const model::ObservedContainer& container) const;
    void judge_ending(const model::Desired& desired, const model::ObservedContainer& container,
                      model::SteadyTime now, model::WallTime wall_now);
    void judge_successor(const model::ObservedContainer& container, model::SteadyTime now,
                         model::WallTime wall_now);
    void note_completion(const model::Project& project, const model::ObservedContainer& container);

    // What was put right (repairs.cpp).
    static std::map<model::Subject, Fields> repairs_in(const model::Plan& plan);
    void note_recreations(const model::Plan& plan);
    void repaired(const model::Subject& subject, const Repair& done, model::SteadyTime now);
    void take_stock(const model::Plan& plan, model::SteadyTime now);
    void take_stock_of_fields(const model::Plan& plan, model::SteadyTime now);
    std::set<model::Subject> open_subjects(const model::Plan& plan) const;

    // Runs that have yet to hold (unproven_runs.cpp).
    void follow_proof(const model::Desired& desired, const model::ObservedContainer& container,
                      std::optional<model::WallTime> before, model::SteadyTime now);
    bool has_to_prove(const model::ObservedContainer& container, std::optional<model::WallTime> before) const;
    bool is_restarted_by_engine(const model::ObservedContainer& container) const;
    std::string how_it_keeps_ending(const model::ObservedContainer& container) const;

    // Dependents that are restarted with their dependency (dependent_restarts.cpp).
    void want_restarts(const model::Project& project, const model::Observed& observed);
    bool want_restarts_after(const model::Subject& subject, const model::ContainerId& old,
                             const model::Project& project, const model::Observed& observed);
    bool want_restarts_of(const model::Service& dependent, const model::ObservedContainer& made,
                          model::DependencyCondition condition, const model::Observed& observed);

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
    std::map<model::ContainerId, Told> told_;
    std::set<model::ServiceName> followed_services_;  ///< whose recreation restarts others
    std::map<model::ContainerId, model::WallTime>
        counted_;  ///< id → the ending that has been counted as a failure
    std::map<model::Subject, model::SteadyTime> well_since_;  ///< of those with a trouble
    std::set<model::Subject>
        outdated_;  ///< their steps under way are of settings that are not in force any more
    std::map<model::Subject, Repair> mending_;     ///< what is being put right
    std::map<model::Subject, Fields> recreating_;  ///< by a new container that has not been started yet
    std::map<model::Subject, Repair> repairs_;     ///< of the last ten minutes, since something has failed
    std::set<model::ContainerId> begun_;           ///< started by us, and no snapshot has shown it since
    std::map<model::ContainerId, unsigned> restarts_;                  ///< restart_count when last seen
    std::map<model::ContainerId, model::WallTime> proven_successors_;  ///< id → the run that has held
};

}  // namespace dockerext::reconcile
