#pragma once

#include "plan/slots.hpp"
#include "plan/work.hpp"

#include <optional>
#include <string>

namespace dockerext::plan {

/// Stops the container if it lives, and removes it; its volumes stay.
void discard(Work& work, const model::ObservedContainer& container,
             const std::optional<model::ServiceName>& service, const std::string& reason,
             const Need& need = {});

/// Containers of services that left the settings. Those of a service that a profile switched off are none.
void plan_orphans(Work& work, const Containers& all);

/// Networks of the project that nothing wants and nobody of ours will be on any more.
void plan_unused_networks(Work& work);

}  // namespace dockerext::plan
