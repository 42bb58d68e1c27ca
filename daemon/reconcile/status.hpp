#pragma once

#include "engine/pull_progress.hpp"
#include "model/status.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/wake_ups.hpp"
#include "reconcile/world.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// What loop, settings, engine's part and connection know at one moment. What it points to outlives it.
struct Facts {
    // The loop.
    const Accepted* in_force = nullptr;
    model::ProjectName project;  ///< that is kept; also by settings without services
    std::map<model::ProjectName, std::optional<std::string>> leaving;  ///< and why a try to remove it failed
    const model::Observed* observed = nullptr;                         ///< none before the first look
    std::string look_error;                        ///< why the last look failed; "" when it did not
    std::optional<model::WallTime> failing_since;  ///< the first of the looks in a row that have failed
    bool is_up_to_date = false;                    ///< everything was looked at since that was asked for
    bool is_dirty = false;                         ///< something has changed since the last look
    bool is_connected = false;                     ///< to the engine
    const model::History* history = nullptr;
    const model::Plan* plan = nullptr;  ///< of the project in force
    const std::map<model::ImageRef, engine::PullProgress>* pulls = nullptr;
    std::optional<model::WallTime> paused_until;
    model::CycleStatus last_cycle;
    std::optional<WakeUp> next_wake_up;
    const Redactor* redact = nullptr;
    // The others.
    model::SettingsStatus settings;
    model::EngineStatus engine;
    std::vector<model::PartStatus> engine_parts;  ///< and of the stored settings
    std::uint64_t change = 0;                     ///< changes.hpp
};

/// The one way to how things stand: for status, explain, Azure and systemd alike. Pure.
model::Status status_of(const Facts& facts, SteadyTime now, model::WallTime wall_now);

/// Why nothing is known of the services now; "" when they have been looked at.
std::string why_nothing_is_known(const Facts& facts);

/// Why a leaving project is not gone: what has failed, or is held by `plan`, the one of the leaving projects;
/// none while nothing stands in the way.
std::optional<std::string> why_not_gone(const model::ProjectName& project, const Snapshot& snapshot,
                                        const std::string& look_error, const model::Plan& plan,
                                        const model::History& history, const Redactor& redact);

}  // namespace dockerext::reconcile
