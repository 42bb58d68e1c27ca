#pragma once

#include "apply/executor.hpp"

#include <cstdint>

namespace dockerext::reconcile {

/// Logs how a step ended, with its subject. Steps that were skipped or cancelled are not logged.
void log_outcome(const apply::Outcome& outcome, std::uint64_t cycle);

}  // namespace dockerext::reconcile
