#include "plan/dependencies.hpp"

#include "plan/config_hash.hpp"
#include "plan/engine_api.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

/// Whether the container has a health check: the service's own, or the image's.
bool has_check(const Service& service, const ObservedImage& image) {
    const auto& own = service.container.healthcheck;
    const auto& check = own && !own->test.empty() ? own : image.healthcheck;
    return check && !check->test.empty() && check->test.front() != "NONE";
}

/// Whether the engine restarts the service's containers however they end.
bool never_completes(const Service& service) {
    const RestartPolicy::Kind policy = service.container.restart.kind;
    return policy == RestartPolicy::Kind::always || policy == RestartPolicy::Kind::unless_stopped;
}

/// " to be healthy, which …"; "" if the condition may still become true.
std::string why_unsatisfiable(const Replica& replica, const ServiceName& name,
                              DependencyCondition condition) {
    const DependencyStatus& other = replica.outlooks.at(name);
    const Service& service = replica.work.desired.project.services.at(name);
    if (condition == DependencyCondition::healthy && !other.healthy) {
        const auto image = replica.work.observed.images.find(service.container.image);
        const bool known =
            image != replica.work.observed.images.end() && replica.resources.image(service).waits_for.empty();
        if (known && !has_check(service, image->second)) {
            return " to be healthy, and neither " + name.value + " nor its image " +
                   service.container.image.value +
                   " has a health check: add one, or wait for service_started";
        }
        if (!other.ended.empty()) return " to be healthy, which " + other.ended;
    }
    if (condition == DependencyCondition::completed_successfully && !other.completed) {
        if (!other.failed.empty()) return " to complete, which failed: " + other.failed;
        if (never_completes(service)) return " to complete, but its restart policy restarts it";
    }
    return "";
}

/// A condition that can never become true holds the dependent, as in Compose. A dependent that does not
/// require it starts without it.
void wait_for(const Replica& replica, const ServiceName& name, const Dependency& dependency, Need& need) {
    const auto found = replica.outlooks.find(name);
    if (found == replica.outlooks.end()) return;  // not among the active services
    const DependencyStatus& other = found->second;
    if (!dependency.required && (other.degraded || !other.failed.empty())) return;
    const std::string unsatisfiable = why_unsatisfiable(replica, name, dependency.condition);
    if (!unsatisfiable.empty() && !dependency.required) return join(need, other.started);
    if (!unsatisfiable.empty())
        return join(need, {.refused = replica.service.name.value + " needs " + name.value + unsatisfiable});
    switch (dependency.condition) {
    case DependencyCondition::started: return join(need, other.started);
    case DependencyCondition::healthy:
        if (!other.healthy) join(need, {.waits_for = name.value + " to be healthy"});
        return;
    case DependencyCondition::completed_successfully:
        if (!other.completed) join(need, {.waits_for = name.value + " to complete"});
        return;
    }
}

/// For example a migration: if it failed, its old container still shows that the old one had completed. A
/// container that joins another one is useless until it joins the new one, and does not wait.
void wait_for_update(const Replica& replica, const ServiceName& name, const Dependency& dependency,
                     StartOf start, Need& need) {
    const bool is_job = dependency.condition == DependencyCondition::completed_successfully;
    const bool is_concerned =
        is_job ? start != StartOf::present_version
               : start == StartOf::replacement && !services_joined_by(replica.service).contains(name);
    const auto found = replica.outlooks.find(name);
    if (!is_concerned || found == replica.outlooks.end()) return;  // or not among the active services
    const Need& updated = found->second.updated;
    if (!dependency.required && (!updated.refused.empty() || found->second.degraded)) return;
    if (!updated.waits_for.empty())
        join(need, {.waits_for = name.value + (is_job ? " to complete" : " to be replaced")});
    if (!updated.refused.empty())
        join(need, {.refused = replica.service.name.value + " needs " + name.value +
                               (is_job ? " to complete" : " to be replaced") +
                               ", which failed: " + updated.refused});
}

}  // namespace

Need update_gate(const Replica& replica, StartOf start) {
    Need need;
    for (const auto& [name, dependency] : replica.service.depends_on)
        wait_for_update(replica, name, dependency, start, need);
    return need;
}

Need gate(const Replica& replica, StartOf start) {
    Need need;
    for (const auto& [name, dependency] : replica.service.depends_on)
        wait_for(replica, name, dependency, need);
    join(need, update_gate(replica, start));
    return need;
}

Need storage_and_networks(Resources& resources, const Service& service) {
    Need need;
    for (const auto& [network, endpoint] : service.container.networks) join(need, resources.network(network));
    for (const Mount& mount : service.container.mounts) {
        if (mount.type == Mount::Type::volume && !mount.source.empty())
            join(need, resources.volume({mount.source}));
    }
    return need;
}

Need needs(const Replica& replica) {
    const Service& service = replica.service;
    Need need = replica.resources.image(service);
    join(need, storage_and_networks(replica.resources, service));
    for (const ServiceName& other : services_joined_by(service)) {
        const auto dependency_status = replica.outlooks.find(other);
        if (dependency_status != replica.outlooks.end() && dependency_status->second.first_container)
            continue;
        join(need, replica.work.known(subject_of(Slot{other, 1})));
        join(need, {.waits_for = other.value + " to have its container"});
    }
    join(need, {.refused = unsupported_in(replica.work.observed.engine, service.container)});
    return need;
}

Need ready_to_start(const Replica& replica, StartOf start) {
    Need ready = gate(replica, start);
    for (const auto& [network, endpoint] : replica.service.container.networks) {
        Need need = replica.resources.network(network);
        const bool there = replica.work.observed.networks.contains(network) ||
                           unknown_of(replica.work.observed, subject_of(network)) != nullptr;
        if (there) need.refused.clear();  // the container can be started with the existing network
        join(ready, need);
    }
    return ready;
}

}  // namespace dockerext::plan
