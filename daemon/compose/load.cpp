#include "compose/load.hpp"

#include "base/json_document.hpp"
#include "compose/consistency.hpp"
#include "compose/document.hpp"
#include "compose/interpolate.hpp"
#include "compose/project_name.hpp"
#include "compose/resolve.hpp"
#include "compose/to_model.hpp"

#include <algorithm>

namespace dockerext::compose {
namespace {

/// Takes `name` out of the document, if it is the project's; a map of that key is a service of the old
/// format.
std::optional<Node> take_name(Node& root) {
    auto* map = std::get_if<Node::Map>(&root.value);
    if (!map) return std::nullopt;
    const auto found =
        std::find_if(map->begin(), map->end(), [](const auto& member) { return member.first == "name"; });
    if (found == map->end() || found->second.map()) return std::nullopt;
    Node name = std::move(found->second);
    map->erase(found);
    return name;
}

Project read_document(Node root, const Input& input, Report& report) {
    Environment environment = input.environment;
    auto name = take_name(root);
    if (name) interpolate(*name, environment, report);
    const std::string project = project_name(root, name ? &*name : nullptr, environment, report);
    environment["COMPOSE_PROJECT_NAME"] = project;
    interpolate(root, environment, report);
    Project model = read_project(take_sections(std::move(root), report), report);
    model.name = project;
    resolve(model, environment, input.project_directory);
    check_consistency(model, report);
    return model;
}

}  // namespace

Loaded load(const Input& input) {
    Report report;
    const auto document = JsonDocument::parse(input.document);
    if (!document) return {std::nullopt, {{input.pointer, document.error().message()}}};
    Node root = to_node(document->root(input.pointer));
    if (root.text()) {
        return {std::nullopt, {{input.pointer, "YAML text is not supported yet; give the model as JSON"}}};
    }
    const Project project = read_document(std::move(root), input, report);
    if (!report.problems.empty()) return {std::nullopt, report.problems.all()};
    Loaded loaded{to_model(project, input), {}};
    loaded.project->warnings = std::move(report.warnings);
    return loaded;
}

}  // namespace dockerext::compose
