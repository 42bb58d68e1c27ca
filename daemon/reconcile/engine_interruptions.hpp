#pragma once

#include "base/task.hpp"
#include "engine/client.hpp"
#include "model/plan.hpp"

namespace dockerext::reconcile {

/// Adds to each step that changes the engine's configuration what that interrupts. Asks the engine what runs
/// only if that matters. `plan` outlives the call.
Task<void> tell_interruptions(engine::Client& client, bool is_connected, model::Plan& plan);

}  // namespace dockerext::reconcile
