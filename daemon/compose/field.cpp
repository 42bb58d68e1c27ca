#include "compose/field.hpp"

#include "compose/duration.hpp"
#include "compose/scalar.hpp"

namespace dockerext::compose {

void report_unsupported(const Node& at, std::string_view key, Diagnostics& diagnostics) {
    diagnostics.problem(at, "'" + std::string(key) + "' is not supported by this version yet");
}

void write(std::string_view name, const std::string& value, CanonicalJson& json) {
    if (value.empty()) return;
    json.key(name);
    json.string(value);
}

void write(std::string_view name, bool value, CanonicalJson& json) {
    if (!value) return;
    json.key(name);
    json.boolean(true);
}

void write(std::string_view name, const std::optional<bool>& value, CanonicalJson& json) {
    if (!value) return;
    json.key(name);
    json.boolean(*value);
}

void write(std::string_view name, std::int64_t value, CanonicalJson& json) {
    if (value == 0) return;
    json.key(name);
    json.number(value);
}

void write(std::string_view name, const std::optional<std::int64_t>& value, CanonicalJson& json) {
    if (!value) return;
    json.key(name);
    json.number(*value);
}

void write(std::string_view name, float value, CanonicalJson& json) {
    if (value == 0) return;
    json.key(name);
    json.raw(go_json(value));
}

void write(std::string_view name, const std::optional<std::chrono::nanoseconds>& value, CanonicalJson& json) {
    if (!value) return;
    json.key(name);
    json.string(go_text(*value));
}

void write(std::string_view name, const model::Bytes& value, CanonicalJson& json) {
    if (value.count == 0) return;
    json.key(name);
    json.string(std::to_string(value.count));
}

void write(std::string_view name, const std::vector<std::string>& value, CanonicalJson& json) {
    if (value.empty()) return;
    json.key(name);
    json.open_array();
    for (const std::string& item : value) json.string(item);
    json.close_array();
}

void write(std::string_view name, const StringMap& value, CanonicalJson& json) {
    if (value.empty()) return;
    json.key(name);
    json.open_object();
    for (const auto& [key, text] : value) {
        json.key(key);
        json.string(text);
    }
    json.close_object();
}

void write(std::string_view name, const OptionalStringMap& value, CanonicalJson& json) {
    if (value.empty()) return;
    json.key(name);
    json.open_object();
    for (const auto& [key, text] : value) {
        json.key(key);
        if (text) json.string(*text);
        else json.null();
    }
    json.close_object();
}

}  // namespace dockerext::compose
