#include "compose/load.hpp"

#include "compose/assemble.hpp"
#include "compose/consistency.hpp"
#include "compose/deploy_warnings.hpp"
#include "compose/document.hpp"
#include "compose/endless_waits.hpp"
#include "compose/project_name.hpp"
#include "compose/resolve.hpp"
#include "compose/service_files.hpp"
#include "compose/stack_check.hpp"
#include "compose/stack_files.hpp"
#include "compose/stack_unsupported.hpp"
#include "compose/to_model.hpp"
#include "compose/to_stack.hpp"
#include "model/side_by_side.hpp"

#include <algorithm>

namespace dockerext::compose {
namespace {

/// Takes `name` out of the document if it is the project's name. If it is a map, it is a service of the old
/// format.
std::optional<Node> extract_name(Node& root) {
    auto* map = std::get_if<Node::Map>(&root.value);
    if (!map) return std::nullopt;
    const auto found =
        std::find_if(map->begin(), map->end(), [](const auto& member) { return member.first == "name"; });
    if (found == map->end() || found->second.map() || found->second.merging == MergeMode::reset)
        return std::nullopt;
    Node name = std::move(found->second);
    map->erase(found);
    return name;
}

/// The last document with a name decides; an empty text does not count as a name.
std::string extract_project_name(std::vector<Node>& documents, const Environment& environment,
                                 Diagnostics& diagnostics) {
    std::optional<Node> name;
    for (Node& document : documents) {
        if (auto own = extract_name(document)) name = std::move(own);
    }
    if (name && name->text() && name->text()->empty()) name.reset();
    if (name) interpolate(*name, environment, diagnostics);
    return project_name(documents.front(), name ? &*name : nullptr, environment, diagnostics);
}

Project read_documents(std::vector<Node> documents, const Input& input, Sources& sources,
                       Diagnostics& diagnostics) {
    Scope scope{
        with_shell_variables(input.environment, input.project_directory), input.project_directory, {}};
    const std::string name = extract_project_name(documents, scope.environment, diagnostics);
    scope.environment["COMPOSE_PROJECT_NAME"] = name;
    Node root = assemble(std::move(documents), scope, sources, diagnostics);
    const Sections sections = extract_sections(std::move(root), diagnostics);
    Project model = read_project(sections, diagnostics);
    model.name = name;
    const bool is_stack = input.form == Form::stack;
    if (is_stack) drop_unsupported(sections, model, diagnostics);
    else warn_of_deploy(sections, model, diagnostics);
    resolve(model, scope.environment, input.project_directory, diagnostics);
    read_service_files(model, scope.environment, input.project_directory, sources, diagnostics);
    if (is_stack) read_stack_files(model, sources, diagnostics);
    check_consistency(model, input.form, diagnostics);
    if (is_stack) check_stack(model, diagnostics);
    else check_waits(model, diagnostics);
    return model;
}

void warn_of_impossible_order(const Project& project, const model::Project& model, Diagnostics& diagnostics) {
    const auto wants = [](const std::optional<model::UpdateConfig>& config) {
        return config && config->order == model::UpdateConfig::Order::start_first;
    };
    for (const auto& [name, service] : model.services) {
        if (!wants(service.update) && !wants(service.rollback)) continue;
        const std::string why = model::why_not_side_by_side(model, service);
        if (why.empty()) continue;
        const std::string deploy = project.services.at(name.value).pointer + "/deploy/";
        const std::string warning = "start-first is not possible, because " + why + "; using stop-first";
        if (wants(service.update)) diagnostics.warnings.add(deploy + "update_config/order", warning);
        if (wants(service.rollback)) diagnostics.warnings.add(deploy + "rollback_config/order", warning);
    }
}

Loaded to_loaded(const Project& project, const Input& input, Diagnostics& diagnostics) {
    Loaded loaded;
    if (input.form == Form::stack) {
        loaded.project.emplace().name.value = project.name;
        loaded.stack = to_stack(project);
    } else {
        loaded.project = to_model(project, input);
        warn_of_impossible_order(project, *loaded.project, diagnostics);
    }
    return loaded;
}

Loaded only_problems(std::vector<Problem> problems) {
    Loaded loaded;
    loaded.problems = std::move(problems);
    return loaded;
}

}  // namespace

Loaded load(const Input& input) {
    Diagnostics diagnostics;
    Sources sources(input);
    auto documents = sources.model_documents();
    if (!documents) return only_problems({{input.pointer, documents.error().message()}});
    const Project project = read_documents(std::move(*documents), input, sources, diagnostics);
    if (input.variables == Variables::some_unknown)
        return only_problems(sources.sorted(diagnostics.certain_problems()));
    if (!diagnostics.problems.empty()) return only_problems(sources.sorted(diagnostics.problems));
    Loaded loaded = to_loaded(project, input, diagnostics);
    for (const Problem& warning : sources.sorted(diagnostics.warnings)) {
        loaded.project->warnings.push_back(to_text(warning));
    }
    return loaded;
}

}  // namespace dockerext::compose
