#pragma once

#include "base/json_cursor.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Changes some members of a JSON object and keeps the exact text of all others.
namespace dockerext::dockerd {

/// A member of an object, with its source text.
struct JsonMember {
    std::string key;
    std::string_view key_text;  ///< with its quotes
    std::string_view text;      ///< of the value
};

/// The members of `object`, whose document was parsed from `text`. They must not outlive the document and
/// `text`.
std::vector<JsonMember> members_of(const JsonCursor& object, std::string_view text);

/// Formats the JSON in `text` with one line for each member and item. `indent` is one level of indentation,
/// and `level` is that of the value's beginning.
std::string indented(std::string_view text, std::string_view indent, unsigned level = 0);

/// The text of an object; the texts of the members are written unchanged.
std::string object_text(std::span<const JsonMember> members, std::string_view indent, unsigned level = 0);

/// The text of a JSON string.
std::string quoted(std::string_view text);

/// Whether two values are equal as JSON: 1.0 equals 1, and the order of members does not matter.
bool same_json(const JsonCursor& one, const JsonCursor& other);

}  // namespace dockerext::dockerd
