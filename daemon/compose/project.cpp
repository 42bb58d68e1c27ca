#include "compose/project.hpp"

#include "compose/key.hpp"

#include <algorithm>

namespace dockerext::compose {
namespace {

constexpr std::string_view key_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

void check_name(const std::string& name, const Node& node, Diagnostics& diagnostics) {
    if (!name.empty() && name.find_first_not_of(key_letters) == std::string::npos) return;
    diagnostics.problem(node, "the name '" + name + "' may contain only letters, digits, '.', '_' and '-'");
}

void refuse_key(const std::string& key, const Node& value, Diagnostics& diagnostics) {
    const auto known = compose_keys();
    if (key == "provider" || key == "models" || key == "use_api_socket") {
        return diagnostics.problem(
            value, "'" + key + "' needs the docker compose program itself and is not supported");
    }
    if (std::find(known.begin(), known.end(), key) != known.end())
        return report_unsupported(value, key, diagnostics);
    diagnostics.unknown_key(value, key, "a service", {known.begin(), known.end()});
}

/// The empty variable because of which the image has no name.
std::string empty_image_hint(const Node& service, const Diagnostics& diagnostics) {
    const Node* image = service.find("image");
    return image ? diagnostics.empty_variable_in(*image) : "";
}

Service read_service(const std::string& name, const Node& node, Diagnostics& diagnostics) {
    Service service;
    service.name = name;
    service.pointer = node.pointer;
    check_name(name, node, diagnostics);
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return service;
    for (const auto& [key, value] : *map) {
        if (const Key* known = find_key(key)) known->field.read(value, service, diagnostics);
        else if (!is_extension(key)) refuse_key(key, value, diagnostics);
    }
    if (service.image.empty() && !service.build && !node.find("build"))
        diagnostics.problem(node, "'image' or 'build' is missing" + empty_image_hint(node, diagnostics));
    return service;
}

}  // namespace

Project read_project(const Sections& sections, Diagnostics& diagnostics) {
    Project project;
    for (const auto& [name, node] : sections.services)
        project.services[name] = read_service(name, node, diagnostics);
    for (const auto& [key, node] : sections.networks) {
        check_name(key, node, diagnostics);
        project.networks[key] = read_network(node, diagnostics);
    }
    for (const auto& [key, node] : sections.volumes) {
        check_name(key, node, diagnostics);
        project.volumes[key] = read_volume(node, diagnostics);
    }
    for (const auto& [key, node] : sections.configs) {
        check_name(key, node, diagnostics);
        project.configs[key] = read_config(node, diagnostics);
    }
    for (const auto& [key, node] : sections.secrets) {
        check_name(key, node, diagnostics);
        project.secrets[key] = read_secret(node, diagnostics);
    }
    return project;
}

}  // namespace dockerext::compose
