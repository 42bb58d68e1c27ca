#pragma once

#include "base/redactor.hpp"
#include "model/stack.hpp"

namespace dockerext {

/// An accepted stack can be planned, and nothing is left to do once a swarm has done what the plans say.
void check_planned_stack(const model::StackDesired& desired, const Redactor& redact);

}  // namespace dockerext
