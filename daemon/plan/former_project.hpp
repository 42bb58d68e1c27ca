#pragma once

#include "model/plan.hpp"

namespace dockerext::plan {

/// Plans the removal of a project that left the settings or was taken `down`: first its containers, then its
/// networks, then, depending on `scope`, the volumes that were created for it. The subjects belong to a
/// former project. Nothing is planned for subjects that are busy or backing off, and no volume is removed
/// until all containers can be. `redact` hides secrets in names.
model::Plan make_down_plan(const model::ProjectName& project, model::RemovalScope scope,
                           const model::Observed& observed, const model::History& history,
                           model::SteadyTime now, const Redactor& redact = {});

/// Whether nothing of the project is left that `scope` covers. An object whose state is unknown counts as
/// present.
bool is_gone(const model::ProjectName& project, model::RemovalScope scope, const model::Observed& observed);

/// Joins the plan for former projects with `project_plan`, the plan for the project in force, which was made
/// from `observed`. New containers come after the removals of old ones, which may hold their names and ports,
/// and new networks come after the removals of old networks. Repairs of existing objects wait for nothing.
model::Plan joined_after_removals(model::Plan removal_plan, model::Plan project_plan,
                                  const model::Observed& observed);

/// Makes the new containers of `project_plan` wait for a later plan, because an earlier plan is still
/// removing containers of a former project, or because those have not been observed yet.
void wait_for_removals(model::Plan& project_plan, const model::Observed& observed);

}  // namespace dockerext::plan
