#pragma once

#include "plan/differences.hpp"
#include "plan/replica.hpp"

#include <string>
#include <vector>

/// The container that the settings ask for.
namespace dockerext::plan {

/// "CONTAINER:ALIAS" for the containers that the service links to.
std::vector<std::string> links(const Replica& replica);

/// The complete settings of a new container. If it replaces `old`, it gets its anonymous volumes.
model::ContainerSpec complete_spec(const Replica& replica, const model::ObservedContainer* old);

/// All differences of an existing container, except frozen fields, which are only reported.
std::vector<Difference> find_drift(const Replica& replica, const model::ObservedContainer& container);

}  // namespace dockerext::plan
