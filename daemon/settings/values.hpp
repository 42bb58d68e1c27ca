#pragma once

#include "base/enum_names.hpp"
#include "base/json_cursor.hpp"
#include "base/problem.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::settings {

/// The value as JSON if it is short enough to repeat, otherwise its type. Never use it for the protected
/// document.
std::string describe_value(const JsonCursor& value);

/// The meaning of a word. A value that is not in `words` is a problem that lists them.
template <typename T, std::size_t size>
std::optional<T> read_one_of(const JsonCursor& value, const std::array<Named<T>, size>& words,
                             Problems& problems) {
    const auto word = value.string();
    if (const auto meaning = word ? value_named(*word, words) : std::nullopt) return meaning;
    std::string all;
    for (const auto& each : words) all += (all.empty() ? "\"" : ", \"") + std::string(each.name) + "\"";
    problems.add(value.pointer(), "expected one of " + all + ", found " + describe_value(value));
    return std::nullopt;
}

/// One of the names of an enumeration.
template <NamedEnum E>
std::optional<E> read_one_of(const JsonCursor& value, Problems& problems) {
    return read_one_of(value, enum_table<E>, problems);
}

/// Parses "90s", "5m", "1h30m": whole hours, minutes and seconds in this order, in Go's notation. None for
/// anything else, and for more than a thousand hours.
std::optional<std::chrono::seconds> parse_interval(std::string_view text);

/// Reads an object of environment variables, whose values are strings, numbers or booleans, as text. No
/// problem repeats a value.
std::map<std::string, std::string> read_environment(const JsonCursor& object, Problems& problems);

}  // namespace dockerext::settings
