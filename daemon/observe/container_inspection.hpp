#pragma once

#include "engine/client.hpp"
#include "model/observed.hpp"

#include <string>
#include <vector>

namespace dockerext::observe {

/// Inspects containers, a few at once. Those that are gone are left out; any other failure is the whole's.
Task<Result<std::vector<model::ObservedContainer>>> inspect_containers(engine::Client& client,
                                                                       std::vector<model::ContainerId> ids);

}  // namespace dockerext::observe
