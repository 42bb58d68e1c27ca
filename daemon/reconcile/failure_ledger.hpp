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

constexpr std::chrono::seconds proper_run{10};  ///< a run this long is repeated without backoff

/// The one record of failures, for containers and for the engine itself. It takes in the outcomes of the
/// daemon's steps, the engine's events and the snapshots, and keeps the History for the planner. It performs
/// no work itself; times come in as arguments.
///
/// A successful step does not end a trouble: a subject is well once a later snapshot shows it as desired and
/// its run has held. After ten minutes in that state, the trouble is forgotten. Drift within ten minutes of a
/// repair counts as a failure, whoever caused it.
class FailureLedger {
public:
    /// `jitter` returns numbers in [0, 1] that spread the backoffs.
    explicit FailureLedger(std::function<double()> jitter, Backoff backoff = {})
        : jitter_(std::move(jitter)), backoff_(backoff) {}

    const model::History& history() const noexcept { return history_; }
    /// Whether a step for the subject has not ended yet.
    bool under_way(const model::Subject& subject) const { return under_way_.contains(subject); }

    // What the daemon does.
    /// Takes in a plan made from the last snapshot: which subjects drifted again after a repair, and for how
    /// long the others have been as desired. True if a subject now has to wait that the plan would act on;
    /// the caller then makes another plan.
    [[nodiscard]] bool judge(const model::Plan& plan, model::SteadyTime now, model::WallTime wall_now);
    void planned(const model::Plan& plan);  ///< the runnable steps of `plan` are under way from now on
    void record(const apply::Outcome& outcome, model::SteadyTime now, model::WallTime wall_now);
    void reset_backoff(const std::set<model::ServiceName>& services);  ///< an empty set means everything
    void new_settings();  ///< the settings have changed: failures of the old ones no longer count
    void new_project();   ///< the project is new: none of its jobs has run yet

    // What others do.
    void heard(const engine::Event& event);
    /// A snapshot starts. It may show the results of steps under way from now on half done, so their subjects
    /// stay busy until a snapshot is taken that starts after these steps have ended.
    void snapshot_begun();
    /// A snapshot was taken; `desired` decides which endings are failures.
    void snapshot_taken(const model::Desired& desired, const model::Observed& observed, model::SteadyTime now,
                        model::WallTime wall_now);
    /// A snapshot of the machine was taken; it has no containers.
    void snapshot_taken();
    /// The engine answers again after an absence: what failed because the engine was away need not wait any
    /// longer.
    void engine_returned();
    /// The engine or the daemon was away, and all events of that time have been received since. A container
    /// that ran before was cut off if the next snapshot that shows it finds it ended and no event reported
    /// that.
    void mark_unseen_endings_cut_off();

    /// A registry now accepts our login (its key: model/registry.hpp), so pulls of its images need not wait
    /// any longer.
    void registry_knows_us(const std::string& key);

    // Across restarts of the daemon.
    void restore(const state::Memory& memory);
    void save_to(state::Memory& memory) const;

private:
    using Fields = std::set<std::string>;
    struct Repair {
        model::SteadyTime at;                         ///< when the last step of the repair succeeded
        std::optional<model::SteadyTime> seen_right;  ///< since when plans have nothing to do for it
        Fields fields;
        bool recreated = false;  ///< the repair created a new object
    };
    /// An order to end a run that no later snapshot has shown.
    struct OrderToEnd {
        bool by_us = false;
        bool is_before_snapshot = false;  ///< received before the next snapshot started
    };
    /// What events have reported about a container.
    struct Told {
        bool started = false;   ///< no snapshot has shown the run since
        bool ended = false;     ///< since its last start
        std::string exit_code;  ///< of its last end
        /// The order to end it since its last start.
        std::optional<OrderToEnd> order;
        bool may_be_cut_off = false;  ///< it ran before an absence, and no snapshot has shown it since
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

    // Repairs (repairs.cpp).
    static std::map<model::Subject, Fields> repairs_in(const model::Plan& plan);
    void note_recreations(const model::Plan& plan);
    void repaired(const model::Subject& subject, const Repair& done, model::SteadyTime now);
    void take_stock(const model::Plan& plan, model::SteadyTime now);
    void take_stock_of_fields(const model::Plan& plan, model::SteadyTime now);
    std::set<model::Subject> open_subjects(const model::Plan& plan) const;

    // Unproven runs (unproven_runs.cpp).
    void follow_proof(const model::Desired& desired, const model::ObservedContainer& container,
                      std::optional<model::WallTime> before, model::SteadyTime now);
    bool has_to_prove(const model::ObservedContainer& container, std::optional<model::WallTime> before) const;
    bool is_restarted_by_engine(const model::ObservedContainer& container) const;
    std::string how_it_keeps_ending(const model::ObservedContainer& container) const;

    // Restarts of dependents with their dependency (dependent_restarts.cpp).
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

    // Networks that are replaced (network_replacement.cpp).
    void note_former_networks(const model::Plan& plan);
    bool count_failed_replacement(const model::Step& step);
    void put_back(const model::Subject& network, model::SteadyTime now);
    void forget_former_networks(const model::Desired& desired, const model::Observed& observed);

    std::function<double()> jitter_;
    Backoff backoff_;
    model::History history_;
    std::map<model::Subject, unsigned> under_way_;  ///< steps of each busy subject that have not ended
    std::set<model::Subject> over_;  ///< busy subjects whose steps had ended when the snapshot started
    std::map<model::ContainerId, model::WallTime> running_;  ///< id → started_at, when last seen
    std::map<model::ContainerId, model::Slot> slots_;        ///< the container's slot, when last seen
    std::map<model::ContainerId, Told> told_;
    std::set<model::ServiceName> followed_services_;  ///< services whose recreation restarts others
    std::map<model::ContainerId, model::WallTime>
        counted_;  ///< id → the ending that has been counted as a failure
    /// Subjects with a trouble that are well now, and since when.
    std::map<model::Subject, model::SteadyTime> well_since_;
    /// Subjects whose steps under way belong to superseded settings.
    std::set<model::Subject> outdated_;
    std::map<model::Subject, Repair> mending_;  ///< repairs under way
    /// Drift that a new container repairs which has not been started yet.
    std::map<model::Subject, Fields> recreating_;
    /// Repairs of the last ten minutes; a failure of the subject removes its entry.
    std::map<model::Subject, Repair> repairs_;
    std::set<model::ContainerId> begun_;               ///< started by the daemon, and not in a snapshot since
    std::map<model::ContainerId, unsigned> restarts_;  ///< restart_count when last seen
    std::map<model::ContainerId, model::WallTime> proven_successors_;  ///< id → the run that has held
};

}  // namespace dockerext::reconcile
