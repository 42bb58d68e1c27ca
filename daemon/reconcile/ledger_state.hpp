#pragma once

#include "model/history.hpp"
#include "model/observed.hpp"
#include "model/plan.hpp"
#include "reconcile/backoff.hpp"
#include "state/daemon_state.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace dockerext::reconcile {

constexpr std::chrono::seconds stable_run{10};  ///< a run this long is repeated without backoff

using Fields = std::set<std::string>;

/// What the failure ledger knows. Its parts (`repairs`, `run_ends`, …) are functions on this.
struct LedgerState {
    struct Repair {
        model::SteadyTime at;                               ///< when the last step of the repair succeeded
        std::optional<model::SteadyTime> as_desired_since;  ///< since when plans have nothing to do for it
        Fields fields;
        bool recreated = false;  ///< the repair created a new object
    };
    /// An order to end a run that no later snapshot has shown.
    struct StopRequest {
        bool by_daemon = false;
        bool is_before_snapshot = false;  ///< received before the next snapshot started
    };
    /// What events have reported about a container.
    struct ContainerEvents {
        bool started = false;   ///< no snapshot has shown the run since
        bool ended = false;     ///< since its last start
        std::string exit_code;  ///< of its last end
        /// The order to end it since its last start.
        std::optional<StopRequest> stop_request;
        bool is_possibly_interrupted =
            false;  ///< it ran before an absence, and no snapshot has shown it since
    };

    std::function<double()> jitter;
    Backoff backoff{};
    model::History history{};
    std::map<model::Subject, unsigned> under_way;  ///< steps of each busy subject that have not ended
    std::set<model::Subject> over;  ///< busy subjects whose steps had ended when the snapshot started
    std::map<model::ContainerId, model::WallTime> running;  ///< id → started_at, when last seen
    std::map<model::ContainerId, model::Slot> slots;        ///< the container's slot, when last seen
    std::map<model::ContainerId, ContainerEvents> events;
    std::set<model::ServiceName> followed_services;  ///< services whose recreation restarts others
    std::map<model::ContainerId, model::WallTime>
        counted;  ///< id → the ending that has been counted as a failure
    /// Subjects with a failure record that are well now, and since when.
    std::map<model::Subject, model::SteadyTime> well_since;
    /// Subjects whose steps under way belong to superseded settings.
    std::set<model::Subject> outdated;
    std::map<model::Subject, Repair> open_repairs;  ///< repairs under way
    /// Drift that a new container repairs which has not been started yet.
    std::map<model::Subject, Fields> recreating;
    /// Repairs of the last ten minutes; a failure of the subject removes its entry.
    std::map<model::Subject, Repair> repairs;
    std::set<model::ContainerId> begun;               ///< started by the daemon, and not in a snapshot since
    std::map<model::ContainerId, unsigned> restarts;  ///< restart_count when last seen
    std::set<model::ContainerId> proven;              ///< a run of theirs has held
    std::set<model::Subject> unavailable_images;      ///< the last pull found none of that name
    std::map<model::ContainerId, model::WallTime> proven_successors;  ///< id → the run that has held
    /// How a pull or a build ended. `known_image`: the engine had the image before.
    enum class Arrival { under_way, new_image, known_image };
    struct Arriving {
        Arrival arrival = Arrival::under_way;
        std::string digest{};  ///< that the pull ended with; "" if it is not known, or for a build
    };
    std::map<model::ImageRef, Arriving> arriving;  ///< until a snapshot shows the image
    std::set<model::ImageId> images_before;        ///< the engine had them before; nobody's, or a stranger's
    std::set<model::ImageId> images;               ///< the engine had them in the last snapshot
};

/// Counts a failure of the subject, and makes its next attempt wait. The first `immediate_retries` failures
/// in a row do not wait.
void failed(LedgerState& ledger, const model::Subject& subject, const std::string& error,
            unsigned immediate_retries, const Backoff& backoff, model::SteadyTime now,
            model::WallTime wall_now);

/// Forgets what was about containers that are not in a snapshot of all of them.
void forget_absent_containers(LedgerState& ledger, const model::Observed& observed);

// Across restarts of the daemon.
void restore(LedgerState& ledger, const state::DaemonState& saved);
void save(const LedgerState& ledger, state::DaemonState& saved);

}  // namespace dockerext::reconcile
