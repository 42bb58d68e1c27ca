#include "reconcile/put_back.hpp"

#include "plan/config_hash.hpp"
#include "plan/image_updates.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// Whether the container is of this version, and has run without being given up.
bool is_run_of(const Service& service, const ObservedContainer& container, const Observed& observed,
               const History& history) {
    const auto image = observed.images.find(service.container.image);
    const bool is_same_image = image == observed.images.end() || image->second.id == container.image_id;
    return container.started_at != WallTime{} && is_same_image &&
           plan::matches_config_hash(service, container) && !history.failed_successors.contains(container.id);
}

}  // namespace

void pin_images(const std::map<ImageRef, ImageId>& images, bool follow, Project& project) {
    for (auto& [name, service] : project.services) {
        const auto image = images.find(service.container.image);
        if (image == images.end()) continue;
        if (follow && plan::check_interval(service))
            service.followed = FollowedTag{image->first, service.pull_policy, service.refresh_after};
        service.container.image.value = image->second.value;
        service.pull_policy = PullPolicy::never;
        service.build.reset();
    }
}

std::map<ImageRef, ImageId> replaced_images(const Project& project, const Observed& observed) {
    std::map<ImageRef, ImageId> images;
    for (const auto& [name, service] : project.services) {
        if (!service.followed) continue;
        const auto image = observed.images.find(service.followed->image);
        if (image != observed.images.end() && image->second.id.value != service.container.image.value)
            images[image->first] = image->second.id;
    }
    return images;
}

void use_rollback_config(Project& project) {
    for (auto& [name, service] : project.services) {
        if (service.rollback) service.update = *service.rollback;
    }
}

std::set<ServiceName> services_to_keep(const Project& project, const Observed& observed,
                                       const History& history) {
    std::set<ServiceName> kept;
    for (const auto& named : project.services) {
        const Service& service = named.second;
        if (!service.never_rolls_back) continue;
        const bool has_run =
            std::any_of(observed.containers.begin(), observed.containers.end(), [&](const auto& entry) {
                return entry.second.slot.service == service.name &&
                       is_run_of(service, entry.second, observed, history);
            });
        const bool has_completed =
            std::any_of(history.completed.begin(), history.completed.end(), [&](const auto& job) {
                return service_of(job.first) == service.name && job.second.config_hash == service.config_hash;
            });
        if (has_run || has_completed) kept.insert(service.name);
    }
    return kept;
}

Result<> put_back_services(const std::set<ServiceName>& names, const Project& former, Project& project) {
    for (const ServiceName& name : names) {
        const auto service = former.services.find(name);
        if (service == former.services.end())
            return Error(ErrorKind::not_found, "the earlier settings have no service " + name.value);
        for (const ServiceName& other : plan::services_joined_by(service->second)) {
            if (!project.services.contains(other))
                return Error(ErrorKind::not_found, name.value + " needs the service " + other.value +
                                                       ", which is not in the other settings");
        }
        project.services.insert_or_assign(name, service->second);
        for (const auto& [network, endpoint] : service->second.container.networks) {
            const auto spec = former.networks.find(network);
            if (spec != former.networks.end()) project.networks.insert(*spec);
        }
        for (const Mount& mount : service->second.container.mounts) {
            const auto spec = former.volumes.find({mount.source});
            if (spec != former.volumes.end()) project.volumes.insert(*spec);
        }
    }
    return {};
}

}  // namespace dockerext::reconcile
