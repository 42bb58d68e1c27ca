#pragma once

#include "model/plan.hpp"
#include "reconcile/wake_ups.hpp"
#include "reconcile/world.hpp"

#include <optional>
#include <set>

namespace dockerext::reconcile {

/// What follows from the world as it is.
struct Decision {
    /// Of the project in force; none where nothing can be said now: paused, without an engine, or without a
    /// snapshot to rely on.
    std::optional<model::Plan> services;
    model::Plan leaving;                ///< of the projects that are to go
    model::Plan to_run;                 ///< both, in order; empty when nothing of it can be begun now
    std::set<model::ProjectName> gone;  ///< leaving projects of which nothing is left
    WakeUps wake_ups;
};

/// Whether looks and work are allowed at all: not paused, and an engine that is there and ready.
bool may_act(const World& world, model::WallTime wall_now);

/// Pure: the same world and time give the same decision.
Decision decide(const World& world, SteadyTime now, model::WallTime wall_now);

}  // namespace dockerext::reconcile
