#pragma once

#include "base/clock.hpp"
#include "model/observed.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace dockerext::model {

using dockerext::SteadyTime;

/// The recent failures of one subject. Cleared after ten minutes without a failure.
struct FailureRecord {
    unsigned failures = 0;
    std::string last_error;           ///< outside-in, secrets already hidden
    WallTime since;                   ///< the first of these failures in a row
    SteadyTime next_attempt;          ///< no step for the subject before this time
    bool engine_unavailable = false;  ///< the last failure was not caused by the subject itself
};

/// How a container's run ended, if it did not end by itself; the engine does not record this. With neither
/// flag, we stopped it.
struct EndedRun {
    WallTime run;                   ///< started_at of that run
    bool stopped_manually = false;  ///< a person or another program stopped or killed it
    bool interrupted = false;       ///< it ended because the engine or the machine stopped
    bool operator==(const EndedRun&) const = default;
};

/// The current run of a container that we started or changed, or that failed recently, until it has held: it
/// was healthy for long enough (without a check: it ran). Other runs need no proof.
struct UnprovenRun {
    WallTime run;  ///< started_at of the run that this is about
    /// Since when it has been healthy (running, without a check); nullopt while it is not.
    std::optional<SteadyTime> healthy_since;
    std::string previous_failure;  ///< how the previous run ended, if that was a failure; else ""
    std::chrono::seconds monitor{10};
    /// Of a new container in place of another: when it has failed unless it has become healthy.
    std::optional<SteadyTime> deadline{};

    /// When it will have been healthy for long enough.
    std::optional<SteadyTime> proven_at() const {
        return healthy_since ? std::optional(*healthy_since + monitor) : std::nullopt;
    }
};

/// post_start hooks that have not succeeded since we started a slot's container.
struct PendingHooks {
    static constexpr unsigned all = ~0U;
    ContainerId container;  ///< the slot's container; "" until it is known
    WallTime run;           ///< started_at of the run concerned; the epoch until it is known
    unsigned count = 0;     ///< how many, counted from the end of the service's list
    std::string failure;    ///< why the first of them failed, with secrets hidden; "" if it has not
    bool operator==(const PendingHooks&) const = default;
};

/// A job that ended successfully, and its configuration. Recorded because its container may have been removed
/// since.
struct CompletedJob {
    std::string config_hash;  ///< the container's label
    ImageId image;
    bool operator==(const CompletedJob&) const = default;
};

/// A new container that failed and was removed again, by slot; or a network that could not be replaced.
struct FailedRollout {
    unsigned attempts = 0;  ///< in a row, with these settings and this image
    std::string error;      ///< of the last one; secrets already hidden
    ImageId image;          ///< of the new container; "" for a network
    std::string old;        ///< how the id of the container begins that was to be replaced; "" for a network
    /// The version itself failed, so that it is not tried again. What the engine refuses is tried once more,
    /// since the cause may have been a passing one.
    bool ran = false;
    bool operator==(const FailedRollout&) const = default;
};
constexpr bool is_given_up(const FailedRollout& rollout) noexcept {
    constexpr unsigned max_refusals = 2;
    return rollout.ran || rollout.attempts >= max_refusals;
}

/// What its registry said about an image that the settings want to be kept up to date (pull_policy).
struct RegistryImage {
    std::string digest;  ///< that the reference has there; "" if unknown, as after a pull
    /// When that image was created; only if the settings ask for a minimum age.
    std::optional<WallTime> created_at;
    WallTime checked_at;  ///< the last answer or pull; before the first, when the reference got its image
    bool is_answered = false;
    unsigned jitter = 0;    ///< in percent: spreads the next check
    WallTime not_before;    ///< of the next check: after a failure, or as the registry asked
    unsigned failures = 0;  ///< in a row
    std::string error;      ///< of the last one; secrets already hidden
    bool operator==(const RegistryImage&) const = default;
};

/// An image that this daemon pulled or built.
struct BroughtImage {
    std::set<std::string> tags;  ///< that it got from us, as the engine writes them: "nginx:latest"
    bool built = false;  ///< the engine does not list it while it is nameless and others are made from it
    std::optional<WallTime> unused_since;  ///< nullopt while it is used
    std::optional<WallTime> refused_at;    ///< when the engine last refused its removal, because it is used
    bool operator==(const BroughtImage&) const = default;
};

/// What the planner knows of the past. A value; the reconcile room maintains it.
struct History {
    std::map<Subject, FailureRecord> failure_records;
    std::map<ContainerId, EndedRun> ended_run;
    /// Subjects with steps under way, now or while the snapshot was taken. The snapshot may show such a step
    /// half done, so nothing is planned for these subjects.
    std::set<Subject> busy;
    /// Successors that failed to run or to become healthy, and why. Their predecessors are restored.
    std::map<ContainerId, std::string> failed_successors;
    /// Since the settings arrived.
    std::map<Subject, FailedRollout> failed_rollouts;
    /// When a new version last held at a replica of the service, since the settings arrived.
    std::map<ServiceName, WallTime> last_update;
    /// Networks that were removed in order to be replaced, in their former state. Kept until a network of
    /// that name exists again.
    std::map<NetworkName, ObservedNetwork> former_networks;
    /// How often in a row the same field of a container or network was repaired and drifted again at once.
    std::map<Subject, std::map<std::string, unsigned>> repair_counts;
    /// Images that were pulled or built since the settings arrived, or were young enough then: after that,
    /// only a newer image in the registry is pulled.
    std::set<ImageRef> pulled;
    std::map<ImageRef, RegistryImage> registry_images;
    /// Only these images are ever removed. They outlive the settings that brought them.
    std::map<ImageId, BroughtImage> brought;
    std::set<ImageId> good_images;  ///< of the good settings (state/good_settings.hpp)
    bool lacks_space = false;  ///< a pull or a build did not fit on the disk, and no image was removed since
    /// Slots whose container is being recreated or was, and the old container's id. Kept as long as running
    /// dependents are still to be restarted for it (depends_on.restart).
    std::map<Subject, ContainerId> recreated;
    /// Services whose containers somebody asked to restart, and when.
    std::map<ServiceName, WallTime> asked_restarts;
    /// Containers to be restarted, and what for: the start of the new container that they depend on, or when
    /// somebody asked for it.
    std::map<ContainerId, WallTime> pending_restarts;
    std::map<Subject, CompletedJob> completed;
    /// Containers whose run has not held yet. A container is not in here together with the snapshot that
    /// shows that its run has held.
    std::map<ContainerId, UnprovenRun> unproven;
    std::map<Subject, PendingHooks> pending_hooks;
    /// Containers that were restarted because the owner of their shared namespace was, and that owner's
    /// start. Without this record a container could be restarted again and again: by the clock it may look
    /// older than its owner forever.
    std::map<ContainerId, WallTime> restarted_for;
};

}  // namespace dockerext::model
