#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// JSON for the modelled engine. Absent members read as empty.
namespace dockerext::sim::json {

using Value = rapidjson::Value;
using Document = rapidjson::Document;
using Texts = std::map<std::string, std::string>;

/// Parses an object; an empty object if `text` is not one.
Document parse(const std::string& text);
std::string text_of(const Value& value);

/// The member's value; null when absent.
const Value& at(const Value& object, const char* key);
std::string string_at(const Value& object, const char* key);
std::int64_t number_at(const Value& object, const char* key);
std::vector<std::string> strings_at(const Value& object, const char* key);
Texts texts_at(const Value& object, const char* key);

/// Sets the member unless it exists.
void put_default(Document& object, const char* key, Value value);
void put(Document& object, const char* key, Value value);

// Values as JSON text.
std::string string_text(std::string_view text);
std::string text_of(const Texts& texts);
std::string text_of(const std::vector<std::string>& texts);

}  // namespace dockerext::sim::json
