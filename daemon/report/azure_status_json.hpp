#pragma once

#include "report/azure_status.hpp"

#include <string>

namespace dockerext::report {

/// The content of SEQUENCE.status (handler-contract §9): valid UTF-8, only strings, below 64 KiB whatever the
/// texts, no control characters.
std::string to_json(const AzureStatus& status, model::WallTime applied, model::WallTime now);

}  // namespace dockerext::report
