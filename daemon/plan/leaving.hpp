#pragma once

#include "model/plan.hpp"

namespace dockerext::plan {

/// The work of taking a project away that has left the settings, or was taken `down`: containers, then
/// networks, then perhaps the volumes that were made for it. Its subjects are those of a leaving project.
/// Nothing is planned for what is busy or backing off, and no volume goes before all containers can. `redact`
/// hides what secrets names may hold.
model::Plan make_down_plan(const model::ProjectName& project, model::Extent extent,
                           const model::Observed& observed, const model::History& history,
                           model::SteadyTime now, const Redactor& redact = {});

/// Whether nothing of the project is there any more, as far as `extent` goes. What is unknown may be there.
bool is_gone(const model::ProjectName& project, model::Extent extent, const model::Observed& observed);

/// One plan of the work on leaving projects and of `coming`, that of the project in force, which was made
/// from `observed`. New containers come after the removals of old ones, which may hold their names and ports,
/// and new networks after those of old networks. Repairs of what is there wait for nothing.
model::Plan joined_after_removals(model::Plan leaving, model::Plan coming, const model::Observed& observed);

/// Makes the new containers of `coming` wait for a later plan: containers of a leaving project are being
/// removed by an earlier one, or have not been looked at yet.
void wait_for_removals(model::Plan& coming, const model::Observed& observed);

}  // namespace dockerext::plan
