#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dockerext::settings {

/// One word of a setting that knows only some, and what it means.
template <typename T>
using Choice = std::pair<std::string_view, T>;

/// What a person wrote, as JSON, if it is short enough to be repeated to him; else its type.
/// Never for the protected document.
std::string shown(const JsonCursor& value);

/// The meaning of a word; anything but one of `choices` is a problem that lists them.
template <typename T>
std::optional<T> choose(const JsonCursor& value, std::initializer_list<Choice<T>> choices,
                        Problems& problems) {
    const auto word = value.string();
    std::string words;
    for (const auto& [name, meaning] : choices) {
        if (word && *word == name) return meaning;
        words += (words.empty() ? "\"" : ", \"") + std::string(name) + "\"";
    }
    problems.add(value.pointer(), "expected one of " + words + ", found " + shown(value));
    return std::nullopt;
}

}  // namespace dockerext::settings
