#pragma once

#include "plan/slots.hpp"
#include "plan/work.hpp"

#include <optional>
#include <span>
#include <string>

namespace dockerext::plan {

/// Stops the container if it is alive, and removes it. Its volumes stay.
void discard(Work& work, const model::ObservedContainer& container,
             const std::optional<model::ServiceName>& service, const std::string& reason,
             const Need& need = {});

/// Plans the removal of orphans: containers of services that left the settings. A service that a profile
/// switched off still counts as in the settings.
void plan_orphans(Work& work, const Containers& all);

/// Plans the removal of the service's replicas beyond its scale. `containers` are all of the service, ordered
/// by slot.
void plan_surplus(Work& work, const model::Service& service,
                  std::span<const model::ObservedContainer* const> containers);

/// Plans the removal of the project's networks that no service wants and that none of its containers will use
/// any more.
void plan_unused_networks(Work& work);

}  // namespace dockerext::plan
