#pragma once

#include "base/enum_names.hpp"
#include "base/json_reader.hpp"
#include "model/observed.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Reads the inspects of the engine. Their fields depend on the engine's version: absent and null read as
/// empty, and unknown fields are ignored. A wrong type is a problem, and reads as empty.
namespace dockerext::observe {

/// The member object; an empty object if it is absent.
ObjectReader object_in(ObjectReader& reader, std::string_view key, Problems& problems);
/// The objects of a member array.
std::vector<ObjectReader> objects_in(ObjectReader& reader, std::string_view key, Problems& problems);
/// The members of a member object; of any type.
std::vector<std::pair<std::string, JsonCursor>> members_in(ObjectReader& reader, std::string_view key,
                                                           Problems& problems);

// Members that the engine always sends; an absent one is a problem.
ObjectReader required_object_in(ObjectReader& reader, std::string_view key, Problems& problems);
std::string required_text_in(ObjectReader& reader, std::string_view key, Problems& problems);

/// The objects of an answer that is a list.
std::vector<ObjectReader> objects_of(const JsonCursor& list, Problems& problems);

std::string text_in(ObjectReader& reader, std::string_view key);
bool flag_in(ObjectReader& reader, std::string_view key);
std::int64_t count_in(ObjectReader& reader, std::string_view key);
std::set<std::string> text_set_in(ObjectReader& reader, std::string_view key);
std::map<std::string, std::string> text_map_in(ObjectReader& reader, std::string_view key,
                                               Problems& problems);
/// The keys of {"80/tcp": {}}.
std::set<std::string> key_set_in(ObjectReader& reader, std::string_view key, Problems& problems);
/// An array of strings; none when absent or null.
std::optional<std::vector<std::string>> words_in(ObjectReader& reader, std::string_view key);
/// A time; the epoch for the engine's "never", 1 January of the year 1.
model::WallTime time_in(ObjectReader& reader, std::string_view key, Problems& problems);

/// A word of an enumeration. An unknown word is a problem; an absent one reads as "".
template <NamedEnum E>
std::optional<E> word_in(ObjectReader& reader, std::string_view key, Problems& problems) {
    const std::string word = text_in(reader, key);
    const auto value = from_string<E>(word);
    if (!value)
        problems.add(reader.cursor().pointer() + "/" + std::string(key), "unknown word '" + word + "'");
    return value;
}

/// The first problem as an error; `value` if there is none.
template <typename T>
Result<T> unless_problems(T value, const Problems& problems) {
    if (problems.empty()) return value;
    return problems.all().front();
}

/// The same, as `unavailable`: the engine's answer is at fault, and the next one may be right.
template <typename T>
Result<T> unless_malformed(T value, const Problems& problems) {
    if (problems.empty()) return value;
    return Error(ErrorKind::unavailable, to_text(problems.all().front()));
}

}  // namespace dockerext::observe
