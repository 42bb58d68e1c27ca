#pragma once

#include "plan/container_steps.hpp"
#include "plan/namespaces.hpp"

#include <optional>
#include <string>

namespace dockerext::plan {

/// By an operator, of this run.
bool is_restart_asked(const Replica& replica, const model::ObservedContainer& container);

/// Why a running container has to be restarted; "" when it does not.
std::string reason_to_restart(const Replica& replica, const model::ObservedContainer& container,
                              const Judgement& judgement,
                              const std::optional<StaleNamespace>& stale_namespace);

/// Restarts the container after the steps of `chain`, with its hooks, as Compose does. An unhealthy container
/// may be unable to run its hook, and is restarted all the same. Returns the last step.
model::StepId restart(const Replica& replica, const model::ObservedContainer& container,
                      const std::string& reason, const std::optional<StaleNamespace>& stale_namespace,
                      const Chain& chain);

}  // namespace dockerext::plan
