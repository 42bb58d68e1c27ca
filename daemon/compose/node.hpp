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

/// Where in its text a node begins; 0 where nobody knows, as in JSON.
struct SourceLocation {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    auto operator<=>(const SourceLocation&) const = default;
};

/// What a node does to the one that it is merged over (YAML tags !reset and !override of Compose).
enum class Merging : std::uint8_t { normal, reset, replace };

/// A value of the document that may be rewritten (interpolation), and remembers where it stood.
struct Node {
    using List = std::vector<Node>;
    using Map = std::vector<std::pair<std::string, Node>>;  ///< in the document's order, keys unique

    /// The unsigned one is for numbers that no signed one can hold.
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Map, std::uint64_t> value;
    std::string pointer;  ///< RFC 6901, from the document's pointer on
    SourceLocation place;
    Merging merging = Merging::normal;

    Node();  // declared, because clang 14 cannot make it within the pair in Map

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value); }
    const std::string* text() const { return std::get_if<std::string>(&value); }
    const List* list() const { return std::get_if<List>(&value); }
    const Map* map() const { return std::get_if<Map>(&value); }
    /// The member of that key; null when there is none, when it is a !reset, or when this is no map.
    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
};

/// The whole document as nodes; its depth is limited by the parser.
Node to_node(const JsonCursor& cursor);

/// Gives the tree its pointers, from `pointer` for its root on; false when they grow unreasonably long.
bool set_pointers(Node& tree, const std::string& pointer);

/// "string", "number", …, as in "expected string, found number".
std::string_view type_name(const Node& node);

}  // namespace dockerext::compose
