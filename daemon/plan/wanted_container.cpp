#include "plan/wanted_container.hpp"

#include "model/labels.hpp"
#include "model/normal_form.hpp"
#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/mounts.hpp"
#include "plan/slots.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

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

/// The id of the other service's first container; "" if it has no container.
std::string id_of(const Replica& replica, const ServiceName& service) {
    const auto other = replica.outlooks.find(service);
    const bool there = other != replica.outlooks.end() && other->second.first_container;
    return there ? other->second.first_container->value : "";
}

/// "container:<id>" of the other service's first container; "" if it has no container.
std::string container_of(const Replica& replica, const ServiceName& service) {
    const std::string id = id_of(replica, service);
    return id.empty() ? "" : "container:" + id;
}

std::string network_mode(const Replica& replica) {
    const Service& service = replica.service;
    return service.network_mode_service ? container_of(replica, *service.network_mode_service)
                                        : service.container.network_mode;
}

std::string ipc_mode(const Replica& replica) {
    const Service& service = replica.service;
    return service.ipc_mode_service ? container_of(replica, *service.ipc_mode_service)
                                    : service.container.ipc_mode;
}

std::string pid_mode(const Replica& replica) {
    const Service& service = replica.service;
    return service.pid_mode_service ? container_of(replica, *service.pid_mode_service)
                                    : service.container.pid_mode;
}

std::vector<std::string> volumes_from(const Replica& replica) {
    std::vector<std::string> all;
    for (const VolumesFrom& from : replica.service.volumes_from) {
        if (const auto* const named = std::get_if<NamedContainer>(&from)) {
            all.push_back(named->mode ? named->name + ":" + *named->mode : named->name);
            continue;
        }
        std::string id = id_of(replica, std::get<ServiceName>(from));
        if (!id.empty()) all.push_back(std::move(id));
    }
    return all;
}

}  // namespace

/// Compose links every replica under three names: the alias, SERVICE-N and PROJECT-SERVICE-N.
std::vector<std::string> links(const Replica& replica) {
    const Project& project = replica.work.desired.project;
    std::vector<std::string> all = replica.service.container.links;  // from external_links
    for (const auto& [alias, name] : replica.service.links) {
        const auto linked = project.services.find(name);
        if (linked == project.services.end()) continue;
        for (unsigned number = 1; number <= linked->second.scale; ++number) {
            const std::string container = final_name(project.name, linked->second, number).value;
            const std::string numbered = name.value + "-" + std::to_string(number);
            all.push_back(container + ":" + alias);
            all.push_back(container + ":" + numbered);
            all.push_back(container + ":" + project.name.value + "-" + numbered);
        }
    }
    return all;
}

ContainerSpec complete_spec(const Replica& replica, const ObservedContainer* old) {
    const Service& service = replica.service;
    ContainerSpec spec = service.container;
    const std::vector<std::string> linked = links(replica);
    spec.links = linked;
    for (auto& [network, endpoint] : spec.networks)
        endpoint = endpoint_of(service, network, replica.name, linked);
    spec.network_mode = network_mode(replica);
    spec.labels[std::string(labels::number)] = std::to_string(replica.number);
    const auto found = replica.work.observed.images.find(spec.image);
    const ObservedImage* const image = found == replica.work.observed.images.end() ? nullptr : &found->second;
    if (image != nullptr) spec.labels[std::string(labels::image)] = image->id.value;
    spec.ipc_mode = ipc_mode(replica);
    spec.pid_mode = pid_mode(replica);
    spec.volumes_from = volumes_from(replica);
    if (!service.hash_document.empty()) {
        spec.labels[std::string(labels::config_hash)] =
            config_hash(service, [&](const ServiceName& other) { return id_of(replica, other); });
    }
    if (old != nullptr) {
        spec.labels[std::string(labels::replace)] =
            service.container_name ? service.container_name->value
                                   : service.name.value + "-" + std::to_string(replica.number);
        inherit_volumes(*old, image, spec);
    }
    return spec;
}

std::vector<Difference> find_drift(const Replica& replica, const ObservedContainer& container) {
    const auto image = replica.work.observed.images.find(replica.service.container.image);
    const Expectation expected{
        .service = replica.service,
        .number = replica.number,
        .image = image == replica.work.observed.images.end() ? nullptr : &image->second,
        .network_mode = network_mode(replica),
        .ipc_mode = ipc_mode(replica),
        .pid_mode = pid_mode(replica),
        .volumes_from = volumes_from(replica),
        .redact = replica.work.desired.redact,
        .engine = replica.work.observed.engine,
        .observed = replica.work.observed};
    std::vector<Difference> drift = differences(expected, container);
    std::erase_if(drift, [&](const Difference& difference) {
        return replica.work.frozen(replica.subject, replica.service.name, difference.change);
    });
    return drift;
}

}  // namespace dockerext::plan
