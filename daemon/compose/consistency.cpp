#include "compose/consistency.hpp"

#include "compose/dependency_cycle.hpp"

#include <unordered_map>

namespace dockerext::compose {
namespace {

class Checker {
public:
    Checker(const Project& project, Report& report) : project_(project), report_(report) {}

    void check(const Service& service) {
        check_networks(service);
        check_volumes(service);
        check_targets(service);
        check_dependencies(service);
        check_container_name(service);
    }

private:
    template <typename Values>
    void undefined(const std::string& pointer, std::string_view what, const std::string& name,
                   const Values& known) {
        std::vector<std::string_view> names;
        for (const auto& [key, value] : known) names.push_back(key);
        report_.problems.add(
            pointer, std::string(what) + " '" + name + "' is not defined" + report_.suggestion(name, names));
    }

    void check_networks(const Service& service) {
        if (service.network_mode && !service.networks.empty()) {
            report_.problems.add(service.pointer, "'network_mode' and 'networks' exclude each other");
        }
        for (const auto& [key, attachment] : service.networks) {
            if (!project_.networks.contains(key))
                undefined(attachment.pointer, "network", key, project_.networks);
        }
    }

    void check_volumes(const Service& service) {
        for (const Mount& mount : service.volumes) {
            const bool named = mount.type == "volume" && !mount.source.empty();
            if (named && !project_.volumes.contains(mount.source)) {
                undefined(mount.pointer, "volume", mount.source, project_.volumes);
            }
        }
    }

    void check_targets(const Service& service) {
        std::set<std::string_view> targets;
        for (const std::string& entry : service.tmpfs) claim(targets, entry, service.pointer + "/tmpfs");
        for (const Mount& mount : service.volumes) claim(targets, mount.target, mount.pointer);
    }

    void claim(std::set<std::string_view>& targets, std::string_view entry, const std::string& pointer) {
        const std::string_view target = entry.substr(0, entry.find(':'));
        if (targets.insert(target).second) return;
        report_.problems.add(pointer, "something is mounted on '" + std::string(target) + "' already");
    }

    void check_dependencies(const Service& service) {
        for (const auto& [name, dependency] : service.depends_on) {
            if (project_.services.contains(name)) continue;
            if (project_.inactive.contains(name)) {
                report_.problems.add(dependency.pointer,
                                     "the service '" + name + "' is needed, but switched off by its profile");
            } else {
                undefined(dependency.pointer, "service", name, project_.services);
            }
        }
    }

    void check_container_name(const Service& service) {
        const std::string& name = service.container_name;
        if (name.empty()) return;
        const std::string pointer = service.pointer + "/container_name";
        if (service.scale.value_or(1) > 1) {
            report_.problems.add(pointer, "one name cannot serve the " + std::to_string(*service.scale) +
                                              " containers that 'scale' asks for");
        }
        const auto [place, fresh] = owners_.emplace(name, service.name);
        if (!fresh) {
            report_.problems.add(pointer, "'" + name + "' is the container name of '" +
                                              std::string(place->second) + "' already");
        }
    }

    const Project& project_;
    Report& report_;
    std::unordered_map<std::string_view, std::string_view> owners_;
};

}  // namespace

void check_consistency(const Project& project, Report& report) {
    Checker checker(project, report);
    for (const auto& [name, service] : project.services) checker.check(service);
    if (const auto cycle = find_dependency_cycle(project.services); !cycle.empty()) {
        std::string path;
        for (const std::string& name : cycle) path += name + " -> ";
        const Service& first = project.services.at(cycle.front());
        report.problems.add(first.pointer, "dependency cycle: " + path + cycle.front());
    }
}

}  // namespace dockerext::compose
