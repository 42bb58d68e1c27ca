#pragma once

#include "model/desired.hpp"

namespace dockerext {

/// Accepted settings can be planned on any engine, and each step gives a well-formed request.
void check_planned_requests(const model::Desired& desired);

}  // namespace dockerext
