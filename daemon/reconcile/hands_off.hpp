#pragma once

#include "base/task.hpp"
#include "state/paths.hpp"

#include <string>

namespace dockerext::reconcile {

/// In place of the daemon where a newer version has left its state: nothing is read, changed or taken,
/// settings stay in the spool; `status` and Azure are told why. Until the process is told to end.
Task<Result<>> stay_hands_off(const state::Paths& paths, std::string why);

}  // namespace dockerext::reconcile
