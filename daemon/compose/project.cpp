#include "compose/project.hpp"

#include "compose/key.hpp"

#include <algorithm>

namespace dockerext::compose {
namespace {

constexpr std::string_view key_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

void check_name(const std::string& name, const Node& node, Report& report) {
    if (!name.empty() && name.find_first_not_of(key_letters) == std::string::npos) return;
    report.problem(node, "the name '" + name + "' may contain only letters, digits, '.', '_' and '-'");
}

void refuse_key(const std::string& key, const Node& value, Report& report) {
    const auto known = compose_keys();
    if (key == "provider" || key == "models" || key == "use_api_socket") {
        return report.problem(value,
                              "'" + key + "' needs the docker compose program itself and is not supported");
    }
    if (std::find(known.begin(), known.end(), key) != known.end()) return not_supported(value, key, report);
    report.unknown_key(value, key, "a service", {known.begin(), known.end()});
}

/// The variable that left the image without a name.
std::string empty_image(const Node& service, const Report& report) {
    const Node* image = service.find("image");
    return image ? report.empty_variable_in(*image) : "";
}

Service read_service(const std::string& name, const Node& node, Report& report) {
    Service service;
    service.name = name;
    service.pointer = node.pointer;
    check_name(name, node, report);
    const Node::Map* map = expect_map(node, report);
    if (!map) return service;
    for (const auto& [key, value] : *map) {
        if (const Key* known = find_key(key)) known->field.read(value, service, report);
        else if (!is_extension(key)) refuse_key(key, value, report);
    }
    if (service.image.empty() && !service.build && !node.find("build"))
        report.problem(node, "'image' or 'build' is missing" + empty_image(node, report));
    return service;
}

}  // namespace

Project read_project(const Sections& sections, Report& report) {
    Project project;
    for (const auto& [name, node] : sections.services)
        project.services[name] = read_service(name, node, report);
    for (const auto& [key, node] : sections.networks) {
        check_name(key, node, report);
        project.networks[key] = read_network(node, report);
    }
    for (const auto& [key, node] : sections.volumes) {
        check_name(key, node, report);
        project.volumes[key] = read_volume(node, report);
    }
    for (const auto& [key, node] : sections.configs) {
        check_name(key, node, report);
        project.configs[key] = read_config(node, report);
    }
    for (const auto& [key, node] : sections.secrets) {
        check_name(key, node, report);
        project.secrets[key] = read_secret(node, report);
    }
    return project;
}

}  // namespace dockerext::compose
