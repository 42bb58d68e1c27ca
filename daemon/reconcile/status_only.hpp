#pragma once

#include "base/task.hpp"
#include "state/paths.hpp"

#include <string>

namespace dockerext::reconcile {

/// Runs instead of the daemon if a newer version has left its state. It reads and changes nothing, and
/// settings stay in the spool; `status` and Azure show the reason. Runs until SIGTERM or SIGINT.
Task<Result<>> run_status_only(const state::Paths& paths, std::string why);

}  // namespace dockerext::reconcile
