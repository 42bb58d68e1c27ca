#include "compose/document.hpp"

#include "compose/field.hpp"
#include "compose/old_format.hpp"

#include <array>
#include <utility>

namespace dockerext::compose {
namespace {

constexpr std::array<std::string_view, 5> other_sections{"networks", "volumes", "configs", "secrets",
                                                         "models"};

bool is_other_section(std::string_view key) {
    return std::find(other_sections.begin(), other_sections.end(), key) != other_sections.end();
}

/// Keys without an effect, which must not be reported as unknown.
bool is_silent(std::string_view key) { return key == "version" || is_extension(key); }

Node::Map take_map(Node& node, Diagnostics& diagnostics) {
    if (auto* map = std::get_if<Node::Map>(&node.value)) return std::move(*map);
    diagnostics.expected(node, "map");
    return {};
}

void take_section(const std::string& key, Node& node, Sections& into, Diagnostics& diagnostics) {
    if (key == "services") into.services = take_map(node, diagnostics);
    else if (key == "networks") into.networks = take_map(node, diagnostics);
    else if (key == "volumes") into.volumes = take_map(node, diagnostics);
    else if (key == "configs") into.configs = take_map(node, diagnostics);
    else if (key == "secrets") into.secrets = take_map(node, diagnostics);
    else if (key == "models") not_supported(node, key, diagnostics);
    else
        diagnostics.unknown_key(node, key, "the document",
                                {"name", "services", "networks", "volumes", "configs", "secrets"});
}

void take_service(std::string& key, Node& node, Sections& into, Diagnostics& diagnostics) {
    if (is_other_section(key)) {
        diagnostics.problem(
            node, "'" + key + "' at the top level needs the services under a key 'services' beside it");
    } else {
        into.services.emplace_back(std::move(key), std::move(node));
    }
}

}  // namespace

Sections take_sections(Node root, Diagnostics& diagnostics) {
    Sections sections;
    const bool old_format = !root.find("services");
    for (auto& [key, node] : take_map(root, diagnostics)) {
        if (is_silent(key)) continue;
        if (old_format) take_service(key, node, sections, diagnostics);
        else take_section(key, node, sections, diagnostics);
    }
    if (old_format) modernise(sections, diagnostics);
    return sections;
}

}  // namespace dockerext::compose
