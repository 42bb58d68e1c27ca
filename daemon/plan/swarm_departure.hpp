#pragma once

#include "plan/swarm_work.hpp"

namespace dockerext::plan {

/// Whether the machine is to leave its swarm now: it is about to go for good (model::Departure), or a
/// departure that was called off has made it a worker although it is to be a manager, so that it has to join
/// again.
bool is_departing(const SwarmWork& work);

/// Whether it has begun to leave, and it is unknown whether the departure stands. Then it waits.
bool awaits_departure(SwarmWork& work);

/// Whether nothing is left of a departure that was called off: the member has the role that it is to have,
/// and no demotion is under way.
bool is_departure_over(const SwarmWork& work);

/// Takes the machine out of the swarm that it was made a member of. A worker leaves. A manager becomes a
/// worker first, and gets no tasks any more, which needs a quorum before and after that; the last manager
/// stays.
void plan_departure(SwarmWork& work);

}  // namespace dockerext::plan
