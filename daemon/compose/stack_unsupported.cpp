#include "compose/stack_unsupported.hpp"

#include "base/split.hpp"

#include <array>
#include <span>

namespace dockerext::compose {
namespace {

struct Unsupported {
    std::string_view path;                     ///< below the service; "*" is any member of a list or map
    std::string_view remedy;                   ///< what to do, or why nothing needs to be done; may be ""
    void (*drop)(Service& service) = nullptr;  ///< null: no later step looks at it
};

template <auto member>
void drop(Service& service) {
    service.*member = {};
}

constexpr std::string_view cpu_limit = "write deploy.resources.limits.cpus";
constexpr std::string_view own_network = "tasks get addresses from Swarm";
constexpr std::string_view node_option = "set it for the engine of each node";

/// What `docker stack deploy` ignores or does not know. All other keys of a service have the effect that
/// Compose describes.
constexpr std::array unsupported = std::to_array<Unsupported>({
    {"annotations", ""},
    {"attach", ""},
    {"blkio_config", ""},
    {"cgroup", ""},
    {"cgroup_parent", ""},
    {"container_name", "Swarm names the containers", drop<&Service::container_name>},
    {"cpu_count", cpu_limit},
    {"cpu_percent", cpu_limit},
    {"cpu_period", cpu_limit},
    {"cpu_quota", cpu_limit},
    {"cpu_rt_period", cpu_limit},
    {"cpu_rt_runtime", cpu_limit},
    {"cpu_shares", cpu_limit},
    {"cpus", cpu_limit, drop<&Service::cpus>},
    {"cpuset", cpu_limit},
    {"credential_spec", "only Windows has it"},
    {"depends_on", "Swarm starts all services at once, and starts a task again that has failed"},
    {"deploy/resources/limits/devices", ""},
    {"deploy/resources/limits/generic_resources", "reserve them"},
    {"deploy/resources/reservations/devices", "reserve generic_resources"},
    {"deploy/resources/reservations/pids", "limit them"},
    {"develop", ""},
    {"device_cgroup_rules", ""},
    {"devices", "mount the device as a volume of type bind"},
    {"domainname", "write the whole name as 'hostname'"},
    {"expose", "on a network that they share, services reach each other at every port"},
    {"external_links", "attach both to one network"},
    {"gpus", "reserve generic_resources under deploy.resources.reservations"},
    {"ipc", "", drop<&Service::ipc>},
    {"links", "on a network that they share, services reach each other by their names",
     drop<&Service::links>},
    {"mac_address", ""},
    {"mem_limit", "write deploy.resources.limits.memory", drop<&Service::mem_limit>},
    {"mem_reservation", "write deploy.resources.reservations.memory", drop<&Service::mem_reservation>},
    {"mem_swappiness", ""},
    {"memswap_limit", ""},
    {"network_mode", "for the network of the node, attach to an external network of the name host",
     drop<&Service::network_mode>},
    {"networks/*/gw_priority", ""},
    {"networks/*/interface_name", ""},
    {"networks/*/ipv4_address", own_network},
    {"networks/*/ipv6_address", own_network},
    {"networks/*/link_local_ips", own_network},
    {"networks/*/mac_address", ""},
    {"networks/*/priority", ""},
    {"oom_kill_disable", ""},
    {"pid", "", drop<&Service::pid>},
    {"pids_limit", "write deploy.resources.limits.pids", drop<&Service::pids_limit>},
    {"platform", "constrain deploy.placement to node.platform.arch"},
    {"post_start", ""},
    {"pre_stop", ""},
    {"privileged", "add what it needs with 'cap_add'"},
    {"pull_policy", "each node pulls an image that it does not have"},
    {"runtime", node_option},
    {"security_opt", node_option, drop<&Service::security_opt>},
    {"shm_size", "mount a tmpfs at /dev/shm"},
    {"storage_opt", node_option},
    {"tmpfs", "write it under 'volumes', with type tmpfs", drop<&Service::tmpfs>},
    {"userns_mode", node_option},
    {"uts", "", drop<&Service::uts>},
    {"volumes/*/bind/create_host_path", "the path must exist on each node that may run a task"},
    {"volumes/*/bind/recursive", ""},
    {"volumes/*/bind/selinux", ""},
    {"volumes/*/consistency", ""},
    {"volumes/*/volume/labels", "write the labels under the top-level 'volumes'"},
    {"x-dockerextd", "Swarm rolls back as deploy.update_config.failure_action says"},
});

void warn_of(const Node& node, std::string_view key, std::string_view remedy, Diagnostics& diagnostics) {
    const std::string end = remedy.empty() ? "" : ": " + std::string(remedy);
    diagnostics.warn(node, "'" + std::string(key) + "' has no effect in a stack" + end);
}

/// Warns of each value at the path that asks for something.
void warn_of_path(const Node& node, std::span<const std::string_view> path, std::string_view key,
                  std::string_view remedy, Diagnostics& diagnostics) {
    if (path.empty()) {
        if (!asks_for_nothing(node)) warn_of(node, key, remedy, diagnostics);
        return;
    }
    const auto descend = [&](const Node& member) {
        warn_of_path(member, path.subspan(1), key, remedy, diagnostics);
    };
    if (path.front() != "*") {
        if (const Node* member = node.find(path.front())) descend(*member);
    } else if (node.list()) {
        for (const Node& item : *node.list()) descend(item);
    } else if (node.map()) {
        for (const auto& [name, member] : *node.map()) descend(member);
    }
}

void warn_of_restart(const Node& service, Diagnostics& diagnostics) {
    const Node* const restart = service.find("restart");
    if (restart == nullptr) return;
    const Node* const deploy = service.find("deploy");
    if (deploy != nullptr && deploy->find("restart_policy") != nullptr)
        warn_of(*restart, "restart", "deploy.restart_policy counts", diagnostics);
    else if (restart->text() && *restart->text() == "no")
        diagnostics.warn(*restart,
                         "\"no\" has no effect in a stack: write \"condition\": \"none\" under "
                         "deploy.restart_policy");
}

void check_build(const Node& service, Service& read, Diagnostics& diagnostics) {
    const Node* const build = service.find("build");
    if (build == nullptr) return;
    read.build.reset();
    if (!read.image.empty()) return warn_of(*build, "build", "nodes pull the image", diagnostics);
    diagnostics.problem(*build,
                        "a stack runs images from a registry: name one in 'image', and remove 'build'");
}

void refuse_volumes_from(const Node& service, Service& read, Diagnostics& diagnostics) {
    const Node* const volumes = service.find("volumes_from");
    if (volumes == nullptr || asks_for_nothing(*volumes)) return;
    read.volumes_from.clear();
    diagnostics.problem(*volumes,
                        "a stack cannot take volumes from a container: name a volume under the "
                        "top-level 'volumes', and mount it in each service");
}

/// A port meant for this machine alone would be open to others.
void warn_of_addresses(const Service& service, Diagnostics& diagnostics) {
    for (const Port& port : service.ports) {
        if (port.host_ip.empty() || port.host_ip == "0.0.0.0" || port.host_ip == "::") continue;
        diagnostics.warnings.add(service.pointer + "/ports",
                                 "the address " + port.host_ip + " has no effect in a stack: port " +
                                     std::to_string(port.target) +
                                     " is published at every address of the nodes");
    }
}

void drop_unsupported(const Node& node, Service& service, Diagnostics& diagnostics) {
    for (const Unsupported& each : unsupported) {
        const auto steps = dockerext::split(each.path, '/');
        warn_of_path(node, steps, steps.back(), each.remedy, diagnostics);
        if (each.drop != nullptr) each.drop(service);
    }
    warn_of_restart(node, diagnostics);
    check_build(node, service, diagnostics);
    refuse_volumes_from(node, service, diagnostics);
    warn_of_addresses(service, diagnostics);
}

}  // namespace

void drop_unsupported(const Sections& sections, Project& project, Diagnostics& diagnostics) {
    for (const auto& [name, node] : sections.services)
        drop_unsupported(node, project.services.at(name), diagnostics);
    for (const auto& [name, node] : sections.volumes) {
        if (const Node* own = node.find("x-dockerextd"))
            warn_of(*own, "x-dockerextd", "a node has its own volume of this name", diagnostics);
    }
}

}  // namespace dockerext::compose
