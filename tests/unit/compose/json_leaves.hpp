#pragma once

#include "base/json_document.hpp"

#include <map>
#include <string>

namespace dockerext::compose {

/// Every value of a JSON document by its path: "Mode.Replicated.Replicas" → "3".
using Leaves = std::map<std::string, std::string>;

inline void collect(const JsonCursor& value, const std::string& path, Leaves& into);

template <typename Members>
void collect_members(const Members& members, const std::string& path, Leaves& into) {
    for (const auto& [key, member] : members) collect(member, path.empty() ? key : path + "." + key, into);
}

/// Null, "", 0 and false say the same as an absent member, and an object of such members the same as an empty
/// one. A number of replicas says something.
inline void collect(const JsonCursor& value, const std::string& path, Leaves& into) {
    const std::size_t before = into.size();
    const std::string text = value.is(JsonType::string) ? value.string().value() : value.text();
    switch (value.type()) {
    case JsonType::object: collect_members(value.members().value(), path, into); break;
    case JsonType::array: {
        const auto items = value.items().value();
        for (std::size_t i = 0; i < items.size(); ++i)
            collect(items[i], path + "[" + std::to_string(i) + "]", into);
        return;
    }
    default:
        if (text != "null" && text != "false" && !text.empty() && (text != "0" || path.ends_with("Replicas")))
            into[path] = text;
        return;
    }
    if (into.size() == before) into[path] = "{}";
}

inline Leaves leaves_of(const std::string& json) {
    Leaves leaves;
    collect(JsonDocument::parse(json).value().root(), "", leaves);
    return leaves;
}

}  // namespace dockerext::compose
