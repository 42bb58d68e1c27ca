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
bool is_ignored_key(std::string_view key) { return key == "version" || is_extension(key); }

Node::Map extract_map(Node& node, Diagnostics& diagnostics) {
    if (auto* map = std::get_if<Node::Map>(&node.value)) return std::move(*map);
    diagnostics.expected(node, "map");
    return {};
}

void extract_section(const std::string& key, Node& node, Sections& into, Diagnostics& diagnostics) {
    if (key == "services") into.services = extract_map(node, diagnostics);
    else if (key == "networks") into.networks = extract_map(node, diagnostics);
    else if (key == "volumes") into.volumes = extract_map(node, diagnostics);
    else if (key == "configs") into.configs = extract_map(node, diagnostics);
    else if (key == "secrets") into.secrets = extract_map(node, diagnostics);
    else if (key == "models") report_unsupported(node, key, diagnostics);
    else
        diagnostics.unknown_key(node, key, "the document",
                                {"name", "services", "networks", "volumes", "configs", "secrets"});
}

void extract_service(std::string& key, Node& node, Sections& into, Diagnostics& diagnostics) {
    if (is_other_section(key)) {
        diagnostics.problem(
            node, "'" + key + "' at the top level needs the services under a key 'services' beside it");
    } else {
        into.services.emplace_back(std::move(key), std::move(node));
    }
}

}  // namespace

Sections extract_sections(Node root, Diagnostics& diagnostics) {
    Sections sections;
    const bool old_format = !root.find("services");
    for (auto& [key, node] : extract_map(root, diagnostics)) {
        if (is_ignored_key(key)) continue;
        if (old_format) extract_service(key, node, sections, diagnostics);
        else extract_section(key, node, sections, diagnostics);
    }
    if (old_format) convert_old_format(sections, diagnostics);
    return sections;
}

}  // namespace dockerext::compose
