#pragma once

#include "cli/terminal_text.hpp"
#include "model/status.hpp"

#include <string>

namespace dockerext::cli {

/// The machine at a glance: first its state and the services that cause it, then the details.
std::string status_text(const model::Status& status, model::WallTime now, const TerminalStyle& style);

/// The first line of `status_text` without the line end: "degraded: db failed".
std::string headline(const model::Status& status, model::WallTime now);

}  // namespace dockerext::cli
