#pragma once

#include "base/json_cursor.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Changing some members of a JSON object while every other stays as somebody wrote it, digit by digit.
namespace dockerext::plan {

/// A member of an object, and how it stands in the object's text.
struct JsonMember {
    std::string key;
    std::string_view key_text;  ///< in quotes
    std::string_view text;      ///< of the value
};

/// The members of `object`, whose document was parsed from `text`; they live no longer than that.
std::vector<JsonMember> members_of(const JsonCursor& object, std::string_view text);

/// `text`, which is JSON, with a line for each member and item. `indent` is one level of it, and `level`
/// where the value begins.
std::string indented(std::string_view text, std::string_view indent, unsigned level = 0);

/// An object of members whose texts are written as they are.
std::string object_text(std::span<const JsonMember> members, std::string_view indent, unsigned level = 0);

/// Equal as JSON: 1.0 is 1, and the order of members says nothing.
bool same_json(const JsonCursor& one, const JsonCursor& other);

}  // namespace dockerext::plan
