#pragma once

#include "base/json_writer.hpp"
#include "model/plan.hpp"

#include <string_view>
#include <vector>

namespace dockerext::model {

// JSON that plan, status, history and journal share.

/// [{"field","have","want"}]
void write_changes(JsonWriter& json, std::string_view key, const std::vector<Change>& changes);
/// [{"subject","service","why","reason"}]; `service` is null if several share it.
void write_held(JsonWriter& json, std::string_view key, const std::vector<Held>& held);

}  // namespace dockerext::model
