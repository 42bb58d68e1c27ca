#include "compose/resolve.hpp"

#include "compose/host_path.hpp"

#include <algorithm>

namespace dockerext::compose {
namespace {

void fill(OptionalStringMap& variables, const Environment& environment, const std::string& pointer,
          Diagnostics& diagnostics) {
    for (auto& [key, value] : variables) {
        const auto found = environment.find(key);
        if (value || found == environment.end()) continue;
        if (diagnostics.spend(found->second.size())) value = found->second;
        else diagnostics.problems.add(pointer, "the document grows too large");
    }
}

void make_paths_absolute(Service& service, const std::string& directory) {
    for (Mount& mount : service.volumes) {
        if (mount.type == "bind") mount.source = host_path(mount.source, directory);
    }
    if (service.build && !is_address(service.build->context))
        service.build->context = host_path(service.build->context, directory);
    if (!service.develop) return;
    for (Trigger& rule : service.develop->watch) rule.path = host_path(rule.path, directory);
}

void depend_on(Service& service, const std::string& other) {
    const auto [place, is_new] = service.depends_on.try_emplace(other);
    if (!is_new) return;
    place->second.restart = true;
    place->second.pointer = service.pointer;
}

/// Links, shared namespaces and volumes need the other service to be started first.
void add_implicit_dependencies(Service& service) {
    constexpr std::string_view prefix = "service:";
    for (const std::string& link : service.links) depend_on(service, link.substr(0, link.find(':')));
    for (const std::string& mode :
         {service.network_mode.value_or(""), service.ipc, service.pid, service.uts}) {
        if (mode.starts_with(prefix)) depend_on(service, mode.substr(prefix.size()));
    }
    for (const model::VolumesFrom& from : service.volumes_from) {
        const auto* const other = std::get_if<model::ServiceName>(&from);
        if (other == nullptr) continue;
        const bool is_new = !service.depends_on.contains(other->value);
        depend_on(service, other->value);
        if (is_new) service.depends_on.at(other->value).restart = false;
    }
}

void attach_default_network(Service& service) {
    if (!service.network_mode && service.networks.empty())
        service.networks["default"].pointer = service.pointer;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::set<std::string> enabled_profiles(const Environment& environment) {
    std::set<std::string> profiles;
    const auto found = environment.find("COMPOSE_PROFILES");
    std::string_view rest = found == environment.end() ? std::string_view() : found->second;
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        profiles.emplace(trimmed(one));
    }
    return profiles;
}

bool is_active(const Service& service, const std::set<std::string>& enabled) {
    if (service.profiles.empty() || enabled.contains("*")) return true;
    return std::any_of(service.profiles.begin(), service.profiles.end(),
                       [&](const std::string& profile) { return enabled.contains(profile); });
}

void apply_profiles(Project& project, const std::set<std::string>& enabled) {
    for (auto it = project.services.begin(); it != project.services.end();) {
        if (is_active(it->second, enabled)) {
            ++it;
            continue;
        }
        project.inactive.insert(it->first);
        it = project.services.erase(it);
    }
}

void drop_optional_dependencies(Service& service, const std::set<std::string>& inactive) {
    std::erase_if(service.depends_on, [&](const auto& entry) {
        return !entry.second.required && inactive.contains(entry.first);
    });
}

template <typename Resource>
void name_resources(std::map<std::string, Resource>& resources, const std::string& project) {
    for (auto& [key, resource] : resources) {
        if (resource.name.empty()) resource.name = resource.external ? key : project + "_" + key;
    }
}

/// Sets values that are in the environment or in the document; a file stays a file.
void fill_values(std::map<std::string, FileObject>& objects, const Environment& environment,
                 const std::string& directory) {
    for (auto& [key, object] : objects) {
        const auto found = environment.find(object.environment);
        if (object.content) object.value = Secret(*object.content);
        else if (!object.environment.empty() && found != environment.end())
            object.value = Secret(found->second);
        if (!object.file.empty()) object.file = host_path(object.file, directory);
    }
}

/// A local volume that binds a folder may have a path relative to the project.
void make_device_absolute(Volume& volume, const std::string& directory) {
    const auto options = volume.driver_opts.find("o");
    const auto device = volume.driver_opts.find("device");
    const bool is_bind = options != volume.driver_opts.end() && options->second == "bind";
    if (volume.driver == "local" && is_bind && device != volume.driver_opts.end()) {
        device->second = host_path(device->second, directory);
    }
}

}  // namespace

void resolve(Project& project, const Environment& environment, const std::string& directory,
             Diagnostics& diagnostics) {
    apply_profiles(project, enabled_profiles(environment));
    for (auto& [name, service] : project.services) {
        fill(service.environment, environment, service.pointer + "/environment", diagnostics);
        if (service.build)
            fill(service.build->args, environment, service.build->pointer + "/args", diagnostics);
        make_paths_absolute(service, directory);
        add_implicit_dependencies(service);
        drop_optional_dependencies(service, project.inactive);
        attach_default_network(service);
        if (service.networks.contains("default")) project.networks.try_emplace("default");
    }
    fill_values(project.configs, environment, directory);
    fill_values(project.secrets, environment, directory);
    for (auto& [key, volume] : project.volumes) make_device_absolute(volume, directory);
    name_resources(project.networks, project.name);
    name_resources(project.volumes, project.name);
    name_resources(project.configs, project.name);
    name_resources(project.secrets, project.name);
}

}  // namespace dockerext::compose
