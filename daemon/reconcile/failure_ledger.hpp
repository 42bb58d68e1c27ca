#pragma once

#include "apply/executor.hpp"
#include "engine/events.hpp"
#include "reconcile/ledger_state.hpp"

#include <functional>
#include <set>
#include <string>
#include <utility>

namespace dockerext::reconcile {

/// Whether a snapshot shows the containers of all projects that the ledger knows. Those of former projects
/// are in snapshots of their own, and such a project may return to the settings with its containers.
enum class Coverage { all_projects, without_former_projects };

/// The one record of failures, for containers and for the engine itself. It takes in the outcomes of the
/// daemon's steps, the engine's events and the snapshots, and keeps the History for the planner. It performs
/// no work itself; times come in as arguments.
///
/// A successful step does not end a failure record: a subject is well once a later snapshot shows it as
/// desired and its run has held. After ten minutes in that state, the record is forgotten. Drift within ten
/// minutes of a repair counts as a failure, whoever caused it.
class FailureLedger {
public:
    /// `jitter` returns numbers in [0, 1] that spread the backoffs.
    explicit FailureLedger(std::function<double()> jitter, Backoff backoff = {})
        : state_{.jitter = std::move(jitter), .backoff = backoff} {}

    const model::History& history() const noexcept { return state_.history; }
    /// Containers of which a run has held.
    const std::set<model::ContainerId>& proven() const noexcept { return state_.proven; }
    /// Since its last start, according to events.
    bool has_ended(const model::ContainerId& container) const {
        const auto events = state_.events.find(container);
        return events != state_.events.end() && events->second.ended;
    }
    /// Whether the last pull of the image was answered by its absence.
    bool is_unavailable(const model::ImageRef& image) const {
        return state_.unavailable_images.contains(subject_of(image));
    }
    /// Whether a step for the subject has not ended yet.
    bool under_way(const model::Subject& subject) const { return state_.under_way.contains(subject); }

    // What the daemon does.
    /// Takes in a plan made from the last snapshot: which subjects drifted again after a repair, and for how
    /// long the others have been as desired. True if a subject now has to wait that the plan would act on;
    /// the caller then makes another plan.
    [[nodiscard]] bool check_repairs(const model::Plan& plan, model::SteadyTime now,
                                     model::WallTime wall_now);
    void plan_started(const model::Plan& plan);  ///< the runnable steps of `plan` are under way from now on
    void record(const apply::Outcome& outcome, model::SteadyTime now, model::WallTime wall_now);
    void reset_backoff(const std::set<model::ServiceName>& services);  ///< an empty set means everything
    /// Their containers that run now are to be restarted.
    void ask_restart(const std::set<model::ServiceName>& services, model::WallTime wall_now);
    void new_settings();  ///< the settings have changed: failures of the old ones no longer count
    void new_project();   ///< the project is new: none of its jobs has run yet

    // What others do.
    void event_received(const engine::Event& event);
    /// An event that may have been received before; in order, all of them show which runs have ended.
    void past_event_received(const engine::Event& event);
    /// A snapshot starts. It may show the results of steps under way from now on half done, so their subjects
    /// stay busy until a snapshot is taken that starts after these steps have ended.
    void snapshot_begun();
    /// A snapshot was taken; `desired` decides which endings are failures.
    void snapshot_taken(const model::Desired& desired, const model::Observed& observed, model::SteadyTime now,
                        model::WallTime wall_now, Coverage coverage = Coverage::all_projects);
    /// A snapshot of the machine was taken; it has no containers.
    void snapshot_taken();
    /// The engine answers again after an absence: what failed because the engine was away need not wait any
    /// longer.
    void engine_returned();
    /// The engine or the daemon was away, and all events of that time have been received since. A container
    /// that ran before was cut off if the next snapshot that shows it finds it ended and no event reported
    /// that.
    void mark_unseen_ends_interrupted();

    // Questions to registries (registry_images.hpp).
    void registry_answered(const model::ImageRef& image, std::string digest,
                           std::optional<model::WallTime> created_at, model::WallTime wall_now);
    void registry_failed(const model::ImageRef& image, std::string error,
                         std::optional<std::chrono::seconds> pause, model::WallTime wall_now);

    /// A registry now accepts our login (its key: model/registry.hpp), so pulls of its images need not wait
    /// any longer.
    void registry_accepts_login(const std::string& key);
    /// The images of the good settings, which are never removed.
    void set_good_images(std::set<model::ImageId> images) { state_.history.good_images = std::move(images); }

    // Across restarts of the daemon.
    void restore(const state::DaemonState& saved) { reconcile::restore(state_, saved); }
    void save_to(state::DaemonState& saved) const { reconcile::save(state_, saved); }

private:
    void succeeded(const apply::Outcome& outcome, model::SteadyTime now, model::WallTime wall_now);

    LedgerState state_;
};

}  // namespace dockerext::reconcile
