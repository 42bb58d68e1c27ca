#pragma once

#include "engine/pull_progress.hpp"
#include "model/status.hpp"
#include "reconcile/evidence.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/wake_ups.hpp"
#include "reconcile/world.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// What the loop, the settings, the engine reconciler and the link know at one moment. What it points to
/// outlives it.
struct Facts {
    // The loop.
    const AcceptedSettings* in_force = nullptr;
    model::ProjectName project;  ///< the managed project; settings without services keep it
    /// With the reason why an attempt to remove the project failed.
    std::map<model::ProjectName, std::optional<std::string>> former;
    const model::Observed* observed = nullptr;     ///< none before the first look
    std::string look_error;                        ///< why the last look failed; "" if it succeeded
    std::optional<model::WallTime> failing_since;  ///< when the first failure of the present series was
    bool is_up_to_date = false;  ///< a look at everything has succeeded since it was requested
    bool is_dirty = false;       ///< something has changed since the last look
    bool is_connected = false;   ///< to the engine
    const model::History* history = nullptr;
    const model::Plan* plan = nullptr;  ///< the plan of the project in force
    const std::map<model::ImageRef, engine::PullProgress>* pulls = nullptr;
    const LastOutputs::Outputs* last_outputs = nullptr;
    /// According to events, after `observed`: a step for them is under way, so that nobody asks the engine.
    std::set<model::ContainerId> ended_containers;
    bool is_rollback_due = false;  ///< earlier settings are about to be put in force, because these failed
    std::string state_error;       ///< why the daemon cannot write its own files; "" if it can
    std::optional<model::WallTime> paused_until;
    model::CycleStatus last_cycle;
    std::optional<WakeUp> next_wake_up;
    const Redactor* redact = nullptr;
    // The others.
    model::SettingsStatus settings;
    model::EngineStatus engine;
    std::vector<model::PartStatus> engine_parts;  ///< also those of the swarm and of the stored settings
    std::optional<model::SwarmStatus> swarm;
    bool awaits_swarm = false;  ///< no look at the swarm of the settings has been taken yet
    std::uint64_t change = 0;   ///< changes.hpp
};

/// The part of the daemon's own files.
inline constexpr std::string_view state_part = "daemon.state";

/// The only function that derives the status: for `status`, `explain`, Azure and systemd. Pure.
model::Status status_of(const Facts& facts, SteadyTime now, model::WallTime wall_now);

/// Whether everything runs as the settings in force ask, whatever newer ones were rejected.
bool is_good(const model::Status& status);

/// Why nothing is known of the services now; "" if a snapshot shows them.
std::string why_nothing_is_known(const Facts& facts);

/// Why a former project is not gone: what has failed, or what `plan`, the plan of the former projects,
/// holds back; none if nothing prevents the removal.
std::optional<std::string> why_not_removed(const model::ProjectName& project, const Snapshot& snapshot,
                                           const std::string& look_error, const model::Plan& plan,
                                           const model::History& history, const Redactor& redact);

}  // namespace dockerext::reconcile
