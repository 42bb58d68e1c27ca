#pragma once

#include "cli/terminal_text.hpp"
#include "model/finding.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

/// The findings by category, with the remedy of each warning and error, and a summary.
std::string findings_text(const std::vector<model::Finding>& findings, const TerminalStyle& style);
/// The same as JSON (config/doctor.schema.json).
std::string findings_json(const std::vector<model::Finding>& findings);

}  // namespace dockerext::cli
