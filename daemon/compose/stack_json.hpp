#pragma once

#include "base/json_writer.hpp"
#include "compose/deploy.hpp"
#include "compose/read.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

// Each writes a member of the object that is open, unless its value is empty: so does docker's own command.
void put(JsonWriter& json, std::string_view key, const std::string& text);
void put(JsonWriter& json, std::string_view key, bool flag);
void put(JsonWriter& json, std::string_view key, std::int64_t number);
void put(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& number);
/// In nanoseconds.
void put(JsonWriter& json, std::string_view key, const OptionalDuration& duration);
void put(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts);
void put(JsonWriter& json, std::string_view key, const StringMap& map);

}  // namespace dockerext::compose
