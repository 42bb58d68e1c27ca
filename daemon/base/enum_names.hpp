#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace dockerext {

/// A value and its word. Such tables are the only way in which words become values.
template <typename T>
struct Named {
    T value;
    std::string_view name;
};

/// The value of `word` in `table`; nullopt if the table does not contain it.
template <typename T, std::size_t size>
constexpr std::optional<T> value_named(std::string_view word, const std::array<Named<T>, size>& table) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const auto& e) { return e.name == word; });
    return found == table.end() ? std::nullopt : std::optional<T>(found->value);
}

/// Whether the enumeration of `value` has an enumerator of that value.
template <auto value>
consteval bool is_enumerator() {
    // g++ and clang++ write a value without an enumerator as a cast: "(Colour)3".
    constexpr std::string_view text = __PRETTY_FUNCTION__;
    const char after = text[text.rfind(')') + 1];
    return after < '0' || after > '9';
}

/// The names of all enumerators of `E`, in their order, from 0 and without gaps. Does not compile if one is
/// missing, is there twice, or has the name of another.
template <typename E, std::size_t size>
consteval std::array<Named<E>, size> enum_names(const Named<E> (&all)[size]) {
    static_assert(!is_enumerator<static_cast<E>(size)>(), "an enumerator has no name");
    for (std::size_t i = 0; i < size; ++i) {
        if (all[i].value != static_cast<E>(i)) throw "not in the order of the enumeration, or one twice";
        for (std::size_t j = 0; j < i; ++j)
            if (all[i].name == all[j].name) throw "two enumerators of one name";
    }
    return std::to_array(all);
}

/// An enumeration with a table of names beside it, which argument-dependent lookup finds:
///     enum class Colour { red, green };
///     constexpr auto names_of(Colour) {
///         using enum Colour;
///         return enum_names<Colour>({{red, "red"}, {green, "green"}});
///     }
template <typename E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) {
    names_of(value);
};

/// In the order of the enumeration.
template <NamedEnum E>
inline constexpr auto enum_table = names_of(E{});

template <NamedEnum E>
constexpr std::string_view to_string(E value) noexcept {
    const auto index = static_cast<std::size_t>(value);
    return index < enum_table<E>.size() ? enum_table<E>[index].name : "unknown";
}

/// The value whose `to_string` is `text`; nullopt for any other text.
template <NamedEnum E>
constexpr std::optional<E> from_string(std::string_view text) noexcept {
    return value_named(text, enum_table<E>);
}

}  // namespace dockerext
