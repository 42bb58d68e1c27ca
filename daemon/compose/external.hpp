#pragma once

#include "compose/field.hpp"

namespace dockerext::compose {

/// Reads `external` of a network, volume, config or secret: `true`, or a map with the name, as in older
/// files.
template <typename Resource>
void read_external(const Node& node, Resource& into, Diagnostics& diagnostics) {
    if (!node.map()) return read(node, into.external, diagnostics);
    into.external = true;
    diagnostics.warn(node,
                     "a map is the old form of 'external': write \"external\": true and 'name' beside it");
    for (const auto& [key, value] : *node.map()) {
        if (key == "name") read(value, into.name, diagnostics);
        else if (!is_extension(key)) diagnostics.unknown_key(value, key, "external", {"name"});
    }
}

}  // namespace dockerext::compose
