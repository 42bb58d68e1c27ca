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

/// Says nothing to anybody; known so that nobody is told it is unknown.
bool is_silent(std::string_view key) { return key == "version" || is_extension(key); }

Node::Map take_map(Node& node, Report& report) {
    if (auto* map = std::get_if<Node::Map>(&node.value)) return std::move(*map);
    report.expected(node, "map");
    return {};
}

void take_section(const std::string& key, Node& node, Sections& into, Report& report) {
    if (key == "services") into.services = take_map(node, report);
    else if (key == "networks") into.networks = take_map(node, report);
    else if (key == "volumes") into.volumes = take_map(node, report);
    else if (key == "configs") into.configs = take_map(node, report);
    else if (key == "secrets") into.secrets = take_map(node, report);
    else if (key == "models") not_supported(node, key, report);
    else
        report.unknown_key(node, key, "the document",
                           {"name", "services", "networks", "volumes", "configs", "secrets"});
}

void take_service(std::string& key, Node& node, Sections& into, Report& report) {
    if (is_other_section(key)) {
        report.problem(node,
                       "'" + key + "' at the top level needs the services under a key 'services' beside it");
    } else {
        into.services.emplace_back(std::move(key), std::move(node));
    }
}

}  // namespace

Sections take_sections(Node root, Report& report) {
    Sections sections;
    const bool old_format = !root.find("services");
    for (auto& [key, node] : take_map(root, report)) {
        if (is_silent(key)) continue;
        if (old_format) take_service(key, node, sections, report);
        else take_section(key, node, sections, report);
    }
    if (old_format) modernise(sections, report);
    return sections;
}

}  // namespace dockerext::compose
