#pragma once

#include "engine/client.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"

namespace dockerext::reconcile {

/// What of the history still counts once settings are applied: they get another attempt, changed or not.
model::History history_after_apply(model::History history);

/// The plan for other settings, for people. Takes a snapshot of its own and changes nothing. `project` is the
/// project in force: it would leave if the new settings have another one.
Task<Result<model::Plan>> preview(engine::Client& client, model::Desired desired, model::ProjectName project,
                                  model::History history);

}  // namespace dockerext::reconcile
