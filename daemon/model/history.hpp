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

/// What went wrong with one subject lately. Forgotten after ten minutes without a failure.
struct Trouble {
    unsigned failures = 0;
    std::string last_error;        ///< outside-in, secrets already hidden
    WallTime since;                ///< the first failure of this row
    SteadyTime next_attempt;       ///< no step about the subject before this
    bool engine_was_away = false;  ///< the last failure says nothing of the subject itself
};

/// What the engine cannot tell about a container, because only the past knows it: how a run ended that did
/// not end by itself. Neither flag: we have stopped it.
struct Past {
    WallTime run;                  ///< started_at of the run this is about
    bool stopped_by_hand = false;  ///< that run was ended by a stop or kill of somebody other than us
    bool cut_off = false;          ///< that run ended with the engine or the machine, not by itself
    bool operator==(const Past&) const = default;
};

/// The present run of a container that we have started or changed, or that has failed lately, before it has
/// held: ran for long enough, and healthy where there is a check. Others have nothing to prove.
struct UnprovenRun {
    WallTime run;          ///< started_at of the run that this is about
    SteadyTime proven_at;  ///< when it will have run for long enough
    std::string last_end;  ///< how the run before it ended, when that was a failure; else ""
    std::chrono::seconds needed{10};
};

/// post_start hooks that have not succeeded since we started a slot's container.
struct OwedHooks {
    static constexpr unsigned all = ~0U;
    ContainerId container;  ///< "" until it is known: the slot's
    WallTime run;           ///< started_at of the run that this is about; the epoch until it is known
    unsigned count = 0;     ///< the last so many of the service's
    std::string failure;    ///< why the first of them has failed, secrets already hidden; "" when it has not
    bool operator==(const OwedHooks&) const = default;
};

/// A job that has ended well, and with which configuration: its container may be taken away since.
struct CompletedJob {
    std::string config_hash;  ///< the container's label
    ImageId image;
    bool operator==(const CompletedJob&) const = default;
};

/// What the planner may know of the past. A value; the reconcile room keeps it.
struct History {
    std::map<Subject, Trouble> troubles;
    std::map<ContainerId, Past> past;
    /// Subjects with steps under way, now or while the snapshot was taken: it may show them half done, so
    /// nothing is planned for them.
    std::set<Subject> busy;
    /// Successors that failed to run or to become healthy, and what became known of it. Theirs is put back.
    std::map<ContainerId, std::string> failed_successors;
    /// How often a slot's successor was given up, or a network could not be made anew, since the settings
    /// came.
    std::map<Subject, unsigned> failed_rollouts;
    /// Networks that were removed to be made anew, as they were, until there is one of that name again.
    std::map<NetworkName, ObservedNetwork> former_networks;
    /// How often in a row the same field of a container or network was put right, and differed again at once.
    std::map<Subject, std::map<std::string, unsigned>> repaired_for;
    /// Images that were pulled or built since the settings came: no pull_policy asks for more.
    std::set<ImageRef> pulled;
    /// Slots whose container is being recreated, or was, and the old one's id: as long as running dependents
    /// are to be restarted for it (depends_on.restart).
    std::map<Subject, ContainerId> recreated;
    /// Those dependents, and the start of the new container that they are to follow.
    std::map<ContainerId, WallTime> restart_wanted;
    std::map<Subject, CompletedJob> completed;
    /// Containers whose run has yet to hold; in the snapshot that shows that it has, they are not here.
    std::map<ContainerId, UnprovenRun> unproven;
    std::map<Subject, OwedHooks> owed_hooks;
    /// Containers that were restarted to follow the owner of a namespace, and that owner's start. By the
    /// clock alone a container may go on looking older than its owner for ever.
    std::map<ContainerId, WallTime> followed;
};

}  // namespace dockerext::model
