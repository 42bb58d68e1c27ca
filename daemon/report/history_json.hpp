#pragma once

#include "state/journal.hpp"

#include <string>

namespace dockerext::report {

/// {"entries":[{"id","time","verb","object","service","reason","changes":[{field,have,want}],
///  "status","error","tookMs"}],"more":false}; `service` is null for a step that serves several services.
std::string to_json(const state::HistoryPage& page);

/// ISO 8601 in UTC with milliseconds, "2024-01-31T12:00:00.000Z"; "" for the epoch.
std::string iso_time(model::WallTime time);

}  // namespace dockerext::report
