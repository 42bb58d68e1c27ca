#pragma once

#include "apply/executor.hpp"

#include <cstdint>

namespace dockerext::reconcile {

/// Tells the log how a step ended, with what it was about; what was not tried or was called off is no news.
void log_outcome(const apply::Outcome& outcome, std::uint64_t cycle);

}  // namespace dockerext::reconcile
