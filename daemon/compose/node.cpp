#include "compose/node.hpp"

#include <array>
#include <charconv>

namespace dockerext::compose {
namespace {

Node::List list_of(const JsonCursor& cursor) {
    Node::List list;
    const auto items = cursor.items().value();
    list.reserve(items.size());
    for (const JsonCursor& item : items) list.push_back(to_node(item));
    return list;
}

Node::Map map_of(const JsonCursor& cursor) {
    Node::Map map;
    auto members = cursor.members().value();
    map.reserve(members.size());
    for (auto& [key, member] : members) map.emplace_back(std::move(key), to_node(member));
    return map;
}

std::string child_pointer(const std::string& pointer, std::string_view token) {
    std::string child;
    child.reserve(pointer.size() + 1 + token.size());
    return child.append(pointer).append(1, '/').append(token);
}

/// The parsers limit the depth.
bool set_pointers_recursively(Node& node, std::string pointer, std::size_t& allowance) {
    if (pointer.size() > allowance) return false;
    allowance -= pointer.size();
    node.pointer = std::move(pointer);
    std::size_t index = 0;
    if (auto* list = std::get_if<Node::List>(&node.value)) {
        for (Node& item : *list) {
            if (!set_pointers_recursively(item, child_pointer(node.pointer, std::to_string(index++)),
                                          allowance))
                return false;
        }
    } else if (auto* map = std::get_if<Node::Map>(&node.value)) {
        for (auto& [key, member] : *map) {
            if (!set_pointers_recursively(member, child_pointer(node.pointer, pointer_token(key)), allowance))
                return false;
        }
    }
    return true;
}

decltype(Node::value) number_of(const JsonCursor& cursor) {
    if (const auto whole = cursor.integer()) return *whole;
    const std::string text = cursor.text();
    std::uint64_t whole = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return whole;
    return cursor.number().value();
}

}  // namespace

Node::Node() = default;

const Node* Node::find(std::string_view key) const {
    if (!map()) return nullptr;
    for (const auto& [name, member] : *map()) {
        if (name == key) return member.merging == MergeMode::reset ? nullptr : &member;
    }
    return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

bool set_pointers(Node& tree, const std::string& pointer) {
    std::size_t allowance = std::size_t{64} << 20;
    return set_pointers_recursively(tree, pointer, allowance);
}

Node to_node(const JsonCursor& cursor) {
    Node node;
    node.pointer = cursor.pointer();
    switch (cursor.type()) {
    case JsonType::null: break;
    case JsonType::boolean: node.value = cursor.boolean().value(); break;
    case JsonType::string: node.value = cursor.string().value(); break;
    case JsonType::array: node.value = list_of(cursor); break;
    case JsonType::object: node.value = map_of(cursor); break;
    case JsonType::number: node.value = number_of(cursor); break;
    }
    return node;
}

bool asks_for_nothing(const Node& node) {
    if (node.list()) return node.list()->empty();
    if (node.map()) return node.map()->empty();
    const bool* flag = std::get_if<bool>(&node.value);
    return node.is_null() || (flag && !*flag) ||
           (node.text() && (*node.text() == "false" || node.text()->empty()));
}

std::string_view type_name(const Node& node) {
    static constexpr std::array<std::string_view, 8> names{"null",   "boolean", "number", "number",
                                                           "string", "list",    "map",    "number"};
    return names[node.value.index()];
}

}  // namespace dockerext::compose
