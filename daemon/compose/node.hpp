#pragma once

#include "base/json_cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dockerext::compose {

/// A value of the document that may be rewritten (interpolation), and remembers where it stood.
struct Node {
    using List = std::vector<Node>;
    using Map = std::vector<std::pair<std::string, Node>>;  ///< in the document's order, keys unique

    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Map> value;
    std::string pointer;  ///< RFC 6901, from the document's pointer on

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value); }
    const std::string* text() const { return std::get_if<std::string>(&value); }
    const List* list() const { return std::get_if<List>(&value); }
    const Map* map() const { return std::get_if<Map>(&value); }
    /// The member of that key; null when there is none, or when this is no map.
    const Node* find(std::string_view key) const;
};

/// The whole document as nodes; its depth is limited by the parser.
Node to_node(const JsonCursor& cursor);

/// "string", "number", …, as in "expected string, found number".
std::string_view type_name(const Node& node);

}  // namespace dockerext::compose
