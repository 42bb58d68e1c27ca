#pragma once

#include "base/clock.hpp"
#include "base/enum_names.hpp"
#include "base/iso_time.hpp"
#include "base/json_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::cli {

/// Reads a JSON object of an answer. An absent or null member reads as empty.
class AnswerReader : public ObjectReader {
public:
    AnswerReader(JsonCursor object, Problems& problems)
        : ObjectReader(std::move(object), problems), problems_(problems) {}

    std::string text(std::string_view key) { return string(key).value_or(""); }

    template <typename Number>
    Number number(std::string_view key) {
        const std::int64_t value = integer(key).value_or(0);
        if (std::in_range<Number>(value)) return static_cast<Number>(value);
        problems_.add(cursor().pointer() + "/" + std::string(key), "out of range");
        return {};
    }

    std::optional<WallTime> time(std::string_view key) {
        const auto text = string(key);
        if (!text) return {};
        const auto time = parse_iso_time(*text);
        if (!time) problems_.add(cursor().pointer() + "/" + std::string(key), "not an ISO time");
        return time;
    }

    /// The enumerator whose `to_string` is the member's text.
    template <NamedEnum Enum>
    Enum enum_value(std::string_view key) {
        const std::string text = this->text(key);
        if (const auto known = from_string<Enum>(text)) return *known;
        problems_.add(cursor().pointer() + "/" + std::string(key), "unknown word '" + text + "'");
        return {};
    }

    /// As `enum_value`, but nullopt when the text is `none`.
    template <NamedEnum Enum>
    std::optional<Enum> enum_value_unless(std::string_view none, std::string_view key) {
        return text(key) == none ? std::nullopt : std::optional<Enum>(enum_value<Enum>(key));
    }

    /// Reads every item of an array of objects with `read`.
    template <typename Item>
    std::vector<Item> all(std::string_view key, Item (*read)(AnswerReader&)) {
        std::vector<Item> items;
        const auto array = take(key);
        if (!array) return items;
        const auto cursors = array->items();
        if (!cursors) problems_.add(cursors.error());
        else
            for (const JsonCursor& cursor : *cursors) {
                AnswerReader item(cursor, problems_);
                items.push_back(read(item));
            }
        return items;
    }

    /// Reads a member that is an object with `read`; nullopt when the member is absent.
    template <typename Item>
    std::optional<Item> one_or_none(std::string_view key, Item (*read)(AnswerReader&)) {
        const auto member = take(key);
        if (!member) return {};
        AnswerReader object(*member, problems_);
        return read(object);
    }

    /// Reads a member that is an object with `read`; a default value when the member is absent.
    template <typename Item>
    Item one(std::string_view key, Item (*read)(AnswerReader&)) {
        const auto member = take(key);
        if (!member) return {};
        AnswerReader object(*member, problems_);
        return read(object);
    }

    std::vector<std::uint64_t> numbers(std::string_view key) {
        std::vector<std::uint64_t> numbers;
        const auto array = take(key);
        const auto cursors = array ? array->items() : Read<std::vector<JsonCursor>>();
        if (!cursors) problems_.add(cursors.error());
        else
            for (const JsonCursor& cursor : *cursors) {
                const auto number = cursor.integer();
                if (!number) problems_.add(number.error());
                else numbers.push_back(static_cast<std::uint64_t>(*number));
            }
        return numbers;
    }

private:
    Problems& problems_;
};

}  // namespace dockerext::cli
