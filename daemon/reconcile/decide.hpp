#pragma once

#include "model/plan.hpp"
#include "reconcile/wake_ups.hpp"
#include "reconcile/world.hpp"

#include <optional>
#include <set>

namespace dockerext::reconcile {

/// What to do in the given state of the world.
struct Decision {
    /// The plan of the project in force; none if nothing is known now: the daemon has no engine, or has no
    /// snapshot to rely on.
    std::optional<model::Plan> services;
    model::Plan former;  ///< the plan that removes the former projects
    model::Plan images;  ///< removes images that nobody uses, when nothing else is to be done
    model::Plan to_run;  ///< all of them, in order; empty if none of it can start now, as in a pause
    std::set<model::ProjectName> gone;  ///< former projects of which no object is left
    WakeUps wake_ups;
};

/// Whether the daemon may look: the engine is connected and ready. A pause does not prevent that.
bool can_look(const World& world);
bool is_paused(const World& world, model::WallTime wall_now);

/// Of the plan, the starts without which a container that is being replaced would leave nothing in its place:
/// neither it nor its successor runs.
model::Plan starts_of_hand_overs(const model::Plan& plan, const model::Observed& observed);

/// Pure: the same world and time give the same decision.
Decision decide(const World& world, SteadyTime now, model::WallTime wall_now);

}  // namespace dockerext::reconcile
