#pragma once

#include "engine/client.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"

namespace dockerext::reconcile {

/// What would be done for other settings, from a look of its own; changes nothing. `project` is the one that
/// is kept now: it would leave for another. For people.
Task<Result<model::Plan>> preview(engine::Client& client, model::Desired desired, model::ProjectName project,
                                  model::History history);

}  // namespace dockerext::reconcile
