#pragma once

#include "plan/host_work.hpp"

#include <optional>

namespace dockerext::plan {

/// Plans the verification of logins by their registries, and the entries in docker's config.json. The file is
/// written after `after`, the step that changes the engine.
void plan_logins(HostWork& work, std::optional<model::StepId> after);

/// For a machine that is not managed: logins are used for pulls only, and docker's config.json is not
/// changed.
void report_unmanaged_logins(HostWork& work);

}  // namespace dockerext::plan
