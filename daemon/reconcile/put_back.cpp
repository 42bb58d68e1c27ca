#include "reconcile/put_back.hpp"

#include "plan/config_hash.hpp"

namespace dockerext::reconcile {

using namespace model;

void pin_images(const std::map<ImageRef, ImageId>& images, Project& project) {
    for (auto& [name, service] : project.services) {
        const auto image = images.find(service.container.image);
        if (image == images.end()) continue;
        service.container.image.value = image->second.value;
        service.pull_policy = PullPolicy::never;
        service.build.reset();
    }
}

void use_rollback_config(Project& project) {
    for (auto& [name, service] : project.services) {
        if (service.rollback) service.update = *service.rollback;
    }
}

Result<> put_back_services(const std::set<ServiceName>& names, const Project& former, Project& project) {
    for (const ServiceName& name : names) {
        const auto service = former.services.find(name);
        if (service == former.services.end())
            return Error(ErrorKind::not_found, "the earlier settings have no service " + name.value);
        for (const ServiceName& other : plan::services_joined_by(service->second)) {
            if (!project.services.contains(other))
                return Error(ErrorKind::not_found, name.value +
                                                       " of the earlier settings needs the service " +
                                                       other.value + ", which is gone");
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
