#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/settings.hpp"

namespace dockerext::settings {

/// Reads the member `metrics`.
model::MetricsSettings read_metrics(const JsonCursor& metrics, Problems& problems);

}  // namespace dockerext::settings
