#pragma once

#include "compose/diagnostics.hpp"
#include "compose/service.hpp"

namespace dockerext::compose {

/// Reports what SwarmKit would refuse of one service: its `deploy` section and its ports.
void check_stack_service(const Service& service, Diagnostics& diagnostics);

}  // namespace dockerext::compose
