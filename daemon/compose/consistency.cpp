#include "compose/consistency.hpp"

#include "compose/file_uses.hpp"
#include "compose/image_name.hpp"
#include "compose/service.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace dockerext::compose {
namespace {

using Services = std::map<std::string, Service>;
using Counts = std::unordered_map<std::string_view, std::size_t>;

/// For each service, the number of dependencies that can never start before it. All are zero unless there is
/// a cycle.
Counts count_unresolved(const Services& services) {
    Counts waiting;
    std::unordered_map<std::string_view, std::vector<std::string_view>> dependents;
    std::vector<std::string_view> ready;
    for (const auto& [name, service] : services) {
        std::size_t& count = waiting[name];
        for (const auto& [other, dependency] : service.depends_on) {
            if (!services.contains(other)) continue;
            dependents[other].push_back(name);
            ++count;
        }
        if (count == 0) ready.push_back(name);
    }
    while (!ready.empty()) {
        const std::string_view done = ready.back();
        ready.pop_back();
        for (const std::string_view dependent : dependents[done]) {
            if (--waiting[dependent] == 0) ready.push_back(dependent);
        }
    }
    return waiting;
}

/// The first dependency that is in a cycle or waits for one.
const std::string& unresolved_dependency(const Service& service, const Counts& waiting) {
    const auto unresolved = [&](const auto& entry) {
        const auto found = waiting.find(entry.first);
        return found != waiting.end() && found->second > 0;
    };
    return std::find_if(service.depends_on.begin(), service.depends_on.end(), unresolved)->first;
}

/// The services of one dependency cycle, in its order; empty when there is no cycle.
std::vector<std::string> find_dependency_cycle(const Services& services) {
    const Counts waiting = count_unresolved(services);
    const auto unresolved = std::find_if(services.begin(), services.end(),
                                         [&](const auto& entry) { return waiting.at(entry.first) > 0; });
    if (unresolved == services.end()) return {};
    std::vector<std::string> path;
    std::unordered_map<std::string_view, std::size_t> places;
    const std::string* at = &unresolved->first;
    while (places.emplace(*at, path.size()).second) {
        path.push_back(*at);
        at = &unresolved_dependency(services.at(*at), waiting);
    }
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(places.at(*at)));
    return path;
}

class Checker {
public:
    Checker(const Project& project, Form form, Diagnostics& diagnostics)
        : project_(project), form_(form), diagnostics_(diagnostics) {}

    void check(const Service& service) {
        check_networks(service);
        check_volumes(service);
        check_targets(service);
        check_dependencies(service);
        check_container_name(service);
        check_files(service, service.configs, "config", project_.configs);
        check_files(service, service.secrets, "secret", project_.secrets);
        check_deploy(service);
        check_build(service);
    }

private:
    template <typename Values>
    void report_undefined(const std::string& pointer, std::string_view what, const std::string& name,
                          const Values& known) {
        diagnostics_.problems.add(pointer, std::string(what) + " '" + name + "' is not defined" +
                                               diagnostics_.suggestion_of_keys(name, known));
    }

    void check_networks(const Service& service) {
        if (service.network_mode && !service.networks.empty()) {
            diagnostics_.problems.add(service.pointer, "'network_mode' and 'networks' exclude each other");
        }
        for (const auto& [key, attachment] : service.networks) {
            if (!project_.networks.contains(key))
                report_undefined(attachment.pointer, "network", key, project_.networks);
        }
    }

    void check_volumes(const Service& service) {
        for (const Mount& mount : service.volumes) {
            const bool named = mount.type == "volume" && !mount.source.empty();
            if (named && !project_.volumes.contains(mount.source)) {
                report_undefined(mount.pointer, "volume", mount.source, project_.volumes);
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
        diagnostics_.problems.add(pointer, "duplicate mount on '" + std::string(target) + "'");
    }

    void check_dependencies(const Service& service) {
        for (const auto& [name, dependency] : service.depends_on) {
            if (project_.services.contains(name)) continue;
            if (project_.inactive.contains(name)) {
                diagnostics_.problems.add(
                    dependency.pointer, "the service '" + name + "' is needed, but disabled by its profile");
            } else {
                report_undefined(dependency.pointer, "service", name, project_.services);
            }
        }
    }

    void check_container_name(const Service& service) {
        const std::string& name = service.container_name;
        if (name.empty()) return;
        const std::string pointer = service.pointer + "/container_name";
        const std::int64_t scale = scale_of(service);
        if (scale > 1) {
            diagnostics_.problems.add(pointer, std::string("container_name is one name, but '") +
                                                   (service.scale ? "scale" : "deploy.replicas") +
                                                   "' asks for " + std::to_string(scale) + " containers");
        }
        const auto [place, is_new] = owners_.emplace(name, service.name);
        if (!is_new) {
            diagnostics_.problems.add(pointer, "'" + name + "' is the container name of '" +
                                                   std::string(place->second) + "' already");
        }
    }

    void check_files(const Service& service, const std::vector<FileReference>& files, std::string_view what,
                     const std::map<std::string, FileObject>& objects) {
        for (const FileReference& file : files) {
            const auto found = objects.find(file.source);
            if (found == objects.end()) report_undefined(file.pointer, what, file.source, objects);
            else check_file_use(service, file, found->second, what, form_, diagnostics_);
        }
    }

    /// A value that is set in two places must be equal in both.
    void check_deploy(const Service& service) {
        if (!service.deploy) return;
        const Deploy& deploy = *service.deploy;
        const auto report_conflict = [&](const char* key, const char* of_deploy) {
            diagnostics_.problems.add(service.pointer + "/" + key, "'" + std::string(key) + "' and 'deploy." +
                                                                       of_deploy + "' contradict each other");
        };
        if (service.scale && deploy.replicas && *service.scale != *deploy.replicas)
            report_conflict("scale", "replicas");
        if (const auto& limits = deploy.resources.limits) {
            if (service.cpus != 0 && service.cpus != limits->cpus)
                report_conflict("cpus", "resources.limits.cpus");
            if (service.mem_limit.count != 0 && service.mem_limit != limits->memory)
                report_conflict("mem_limit", "resources.limits.memory");
            if (service.pids_limit != 0 && service.pids_limit != limits->pids)
                report_conflict("pids_limit", "resources.limits.pids");
        }
        const auto& reserved = deploy.resources.reservations;
        if (reserved && service.mem_reservation.count != 0 && service.mem_reservation != reserved->memory) {
            report_conflict("mem_reservation", "resources.reservations.memory");
        }
    }

    void check_build(const Service& service) {
        if (service.build && service.image.empty()) {
            check_image_name(project_.name + "-" + service.name, service.pointer,
                             "; it is derived from the project and service names: set 'image'", diagnostics_);
        }
        if (!service.build || service.platform.empty() || service.build->platforms.empty()) return;
        if (service.build->platforms.front() == service.platform) return;
        diagnostics_.problems.add(service.build->pointer + "/platforms",
                                  "'" + service.platform + "', the platform of the service, is missing");
    }

    const Project& project_;
    const Form form_;
    Diagnostics& diagnostics_;
    std::unordered_map<std::string_view, std::string_view> owners_;
};

}  // namespace

void check_consistency(const Project& project, Form form, Diagnostics& diagnostics) {
    Checker checker(project, form, diagnostics);
    for (const auto& [name, service] : project.services) checker.check(service);
    if (const auto cycle = find_dependency_cycle(project.services); !cycle.empty()) {
        std::string path;
        for (const std::string& name : cycle) path += name + " -> ";
        const Service& first = project.services.at(cycle.front());
        diagnostics.problems.add(first.pointer, "dependency cycle: " + path + cycle.front());
    }
}

}  // namespace dockerext::compose
