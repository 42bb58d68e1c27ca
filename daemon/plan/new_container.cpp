// The part of ServicePlanner that decides how to create a container, and what must exist before.
#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/differences.hpp"
#include "plan/engine_api.hpp"
#include "plan/mounts.hpp"
#include "plan/service_planner.hpp"
#include "plan/text_of.hpp"

#include "model/labels.hpp"
#include "model/normal_form.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

constexpr int several_endpoints_since = 44;  ///< from Engine API 1.44 on, create takes more than one network

/// What an older engine would silently ignore (compose-semantics: API versions); "" if nothing.
std::string lacking_in(const EngineFacts& engine, const ContainerSpec& spec) {
    const auto lacks = [&](int minor) { return !speaks(engine, minor); };
    const auto needs = [](const char* what, int minor) {
        return std::string(what) + " needs Engine API 1." + std::to_string(minor) +
               ": upgrade the Docker Engine, or do without it";
    };
    for (const Mount& mount : spec.mounts) {
        if (mount.type == Mount::Type::image && lacks(48)) return needs("a mount of type image", 48);
        if (mount.type == Mount::Type::volume && !mount.subpath.empty() && lacks(45))
            return needs("volume.subpath", 45);
    }
    for (const auto& [name, endpoint] : spec.networks) {
        if (!endpoint.mac_address.empty() && name.value != spec.network_mode && lacks(44))
            return needs("mac_address on a network beside the first", 44);
        if (endpoint.driver_options.contains("com.docker.network.endpoint.ifname") && lacks(49)) {
            return needs("interface_name", 49);
        }
    }
    return "";
}

/// Passes anonymous volumes on from the old container to its successor, by target, as Compose does: those
/// that the service asks for, and those of the image that no other mount covers.
void inherit_volumes(const ObservedContainer& old, const ObservedImage* image, ContainerSpec& spec) {
    const auto is_tmpfs = [&](const Mount& mount) {
        return std::any_of(spec.tmpfs.begin(), spec.tmpfs.end(), [&](const auto& each) {
            return normal::path(each.first) == normal::path(mount.target);
        });
    };
    for (const Mount& mount : old.spec.mounts) {
        if (!is_anonymous(mount)) continue;
        const auto own = std::find_if(spec.mounts.begin(), spec.mounts.end(), [&](const Mount& each) {
            return normal::path(each.target) == normal::path(mount.target);
        });
        if (own != spec.mounts.end()) {
            if (is_anonymous(*own)) own->source = mount.source;
        } else if (image != nullptr && is_volume_of(*image, mount.target) && !is_tmpfs(mount)) {
            spec.mounts.push_back(mount);
        }
    }
}

}  // namespace

Need ServicePlanner::storage_and_networks(const Service& service) {
    Need need;
    for (const auto& [network, endpoint] : service.container.networks)
        join(need, resources_.network(network));
    for (const Mount& mount : service.container.mounts) {
        if (mount.type == Mount::Type::volume && !mount.source.empty())
            join(need, resources_.volume({mount.source}));
    }
    return need;
}

/// Dependencies, and the networks of an existing container, which may have been removed since it was created.
Need ServicePlanner::ready_to_start(const Service& service) {
    Need ready = gate(service);
    for (const auto& [network, endpoint] : service.container.networks) {
        Need need = resources_.network(network);
        const bool there = work_.observed.networks.contains(network) ||
                           unknown_of(work_.observed, subject_of(network)) != nullptr;
        if (there) need.refused.clear();  // the container can be started with the existing network
        join(ready, need);
    }
    return ready;
}

/// Image, networks, volumes, and the container whose network it shares.
Need ServicePlanner::needs(const Replica& replica) {
    const Service& service = replica.service;
    Need need = resources_.image(service);
    join(need, storage_and_networks(service));
    for (const ServiceName& other : services_joined_by(service)) {
        if (first_containers_.contains(other)) continue;
        join(need, work_.known(subject_of(Slot{other, 1})));
        join(need, {.waits_for = other.value + " to have its container"});
    }
    join(need, {.refused = lacking_in(work_.observed.engine, service.container)});
    return need;
}

std::string ServicePlanner::id_of(const ServiceName& service) const {
    const auto other = first_containers_.find(service);
    return other == first_containers_.end() ? "" : other->second.value;
}

std::string ServicePlanner::container_of(const ServiceName& service) const {
    const std::string id = id_of(service);
    return id.empty() ? "" : "container:" + id;
}

std::string ServicePlanner::network_mode(const Service& service) const {
    return service.network_of ? container_of(*service.network_of) : service.container.network_mode;
}

std::string ServicePlanner::ipc_mode(const Service& service) const {
    return service.ipc_of ? container_of(*service.ipc_of) : service.container.ipc_mode;
}

std::string ServicePlanner::pid_mode(const Service& service) const {
    return service.pid_of ? container_of(*service.pid_of) : service.container.pid_mode;
}

std::vector<std::string> ServicePlanner::volumes_from(const Service& service) const {
    std::vector<std::string> all;
    for (const VolumesFrom& from : service.volumes_from) {
        if (const auto* const named = std::get_if<NamedContainer>(&from)) {
            all.push_back(named->mode ? named->name + ":" + *named->mode : named->name);
            continue;
        }
        const auto other = first_containers_.find(std::get<ServiceName>(from));
        if (other != first_containers_.end()) all.push_back(other->second.value);
    }
    return all;
}

/// Compose links every replica under three names: the alias, SERVICE-N and PROJECT-SERVICE-N.
std::vector<std::string> ServicePlanner::links(const Service& service) const {
    std::vector<std::string> all = service.container.links;  // from external_links
    for (const auto& [alias, name] : service.links) {
        const auto linked = work_.desired.project.services.find(name);
        if (linked == work_.desired.project.services.end()) continue;
        for (unsigned number = 1; number <= linked->second.scale; ++number) {
            const std::string container =
                final_name(work_.desired.project.name, linked->second, number).value;
            const std::string replica = name.value + "-" + std::to_string(number);
            all.push_back(container + ":" + alias);
            all.push_back(container + ":" + replica);
            all.push_back(container + ":" + work_.desired.project.name.value + "-" + replica);
        }
    }
    return all;
}

ContainerSpec ServicePlanner::complete_spec(const Replica& replica, const ObservedContainer* old) const {
    const Service& service = replica.service;
    ContainerSpec spec = service.container;
    const std::vector<std::string> linked = links(service);
    spec.links = linked;
    for (auto& [network, endpoint] : spec.networks)
        endpoint = endpoint_of(service, network, replica.name, linked);
    spec.network_mode = network_mode(service);
    spec.labels[std::string(labels::number)] = std::to_string(replica.number);
    const auto found = work_.observed.images.find(spec.image);
    const ObservedImage* const image = found == work_.observed.images.end() ? nullptr : &found->second;
    if (image != nullptr) spec.labels[std::string(labels::image)] = image->id.value;
    spec.ipc_mode = ipc_mode(service);
    spec.pid_mode = pid_mode(service);
    spec.volumes_from = volumes_from(service);
    if (!service.hash_document.empty()) {
        spec.labels[std::string(labels::config_hash)] =
            config_hash(service, [&](const ServiceName& other) { return id_of(other); });
    }
    if (old != nullptr) {
        spec.labels[std::string(labels::replace)] =
            service.container_name ? service.container_name->value
                                   : service.name.value + "-" + std::to_string(replica.number);
        inherit_volumes(*old, image, spec);
    }
    return spec;
}

/// Creates the container, and joins the additional networks that the engine's API does not take in the same
/// call.
StepId ServicePlanner::create(const Replica& replica, const ObservedContainer* old, const std::string& reason,
                              std::vector<Change> changes, const Need& need) {
    CreateContainer operation{replica.name, complete_spec(replica, old)};
    if (old != nullptr) operation.name.value = old->id.value.substr(0, 12) + "_" + replica.name.value;
    const auto networks = operation.spec.networks;
    const std::string first = operation.spec.network_mode;
    const StepId made = work_.add(step(replica, std::move(operation), reason, std::move(changes)), need);
    if (speaks(work_.observed.engine, several_endpoints_since)) return made;
    for (const auto& [network, endpoint] : networks) {
        if (network.value == first) continue;
        (void)work_.add(step(replica, ConnectNetwork{made, network, endpoint}, reason),
                        {.after = {work_.plan.steps.size() - 1}});
    }
    return made;
}

}  // namespace dockerext::plan
