#pragma once

#include "state/journal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::report {

/// {"entries":[{"id","time","verb","object","service","reason","changes":[{field,have,want}],
///  "status","error","tookMs"}]}; `service` is null for a step that serves several services.
std::string to_json(const std::vector<state::JournalEntry>& entries);

/// ISO 8601 in UTC with milliseconds, "2024-01-31T12:00:00.000Z"; "" for the epoch.
std::string iso_time(model::WallTime time);

/// The inverse; seconds may have a fraction; "" is the epoch. None for anything else.
std::optional<model::WallTime> parse_iso_time(std::string_view text);

}  // namespace dockerext::report
