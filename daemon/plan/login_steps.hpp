#pragma once

#include "plan/host_work.hpp"

#include <optional>

namespace dockerext::plan {

/// Registries know us, and docker's config.json has our logins. `after`: the step that changes the engine.
void plan_logins(HostWork& work, std::optional<model::StepId> after);

/// Where nobody manages this machine: they are used for pulls, and that is all.
void leave_logins_alone(HostWork& work);

}  // namespace dockerext::plan
