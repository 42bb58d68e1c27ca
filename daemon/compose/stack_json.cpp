#include "compose/stack_json.hpp"

namespace dockerext::compose {

void put(JsonWriter& json, std::string_view key, const std::string& text) {
    if (!text.empty()) json.text(key, text);
}

void put(JsonWriter& json, std::string_view key, bool flag) {
    if (flag) json.boolean(key, true);
}

void put(JsonWriter& json, std::string_view key, std::int64_t number) {
    if (number != 0) json.number(key, number);
}

void put(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& number) {
    if (number) json.number(key, *number);
}

void put(JsonWriter& json, std::string_view key, const OptionalDuration& duration) {
    if (duration) json.number(key, static_cast<std::int64_t>(duration->count()));
}

void put(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    json.begin_array(key);
    for (const std::string& text : texts) json.text(text);
    json.end_array();
}

void put(JsonWriter& json, std::string_view key, const StringMap& map) {
    if (map.empty()) return;
    json.begin_object(key);
    for (const auto& [name, value] : map) json.text(name, value);
    json.end_object();
}

}  // namespace dockerext::compose
