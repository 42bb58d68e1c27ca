#pragma once

#include "base/json_cursor.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dockerext::compose {

/// Where a node begins in its text; 0 if unknown, as in JSON.
struct SourceLocation {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    auto operator<=>(const SourceLocation&) const = default;
};

/// How a node acts on the one that it is merged over (Compose's YAML tags !reset and !override).
enum class MergeMode : std::uint8_t { normal, reset, replace };

/// A value of the document that can be rewritten (interpolation) and keeps its original location.
struct Node {
    using List = std::vector<Node>;
    using Map = std::vector<std::pair<std::string, Node>>;  ///< in the document's order, keys unique

    /// The unsigned alternative is for numbers that exceed the signed one.
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Map, std::uint64_t> value;
    std::string pointer;  ///< RFC 6901, beginning with the document's pointer
    SourceLocation place;
    MergeMode merging = MergeMode::normal;

    Node();  // declared here because clang 14 cannot generate it for the pair in Map

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value); }
    const std::string* text() const { return std::get_if<std::string>(&value); }
    const List* list() const { return std::get_if<List>(&value); }
    const Map* map() const { return std::get_if<Map>(&value); }
    /// The member with that key; null if there is none, if it is a !reset, or if this is not a map.
    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
};

/// Converts the whole document to nodes; the parser limits its depth.
Node to_node(const JsonCursor& cursor);

/// Sets the pointers of the tree; `pointer` is that of the root. False when they become unreasonably long.
bool set_pointers(Node& tree, const std::string& pointer);

/// Whether the value is off or empty: null, false, "", [] or {}.
bool asks_for_nothing(const Node& node);

/// "string", "number", …, as in "expected string, found number".
std::string_view type_name(const Node& node);

}  // namespace dockerext::compose
