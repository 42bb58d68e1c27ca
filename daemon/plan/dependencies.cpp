// The part of ServicePlanner that decides when a service may start (Compose: depends_on).
#include "plan/service_planner.hpp"

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

}  // namespace

Need ServicePlanner::gate(const Service& service) const {
    Need need;
    for (const auto& [name, dependency] : service.depends_on) wait_for(service, name, dependency, need);
    return need;
}

/// A condition that can never become true holds the dependent, as in Compose. A dependent that does not
/// require it starts without it.
void ServicePlanner::wait_for(const Service& service, const ServiceName& name, const Dependency& dependency,
                              Need& need) const {
    const auto found = outlooks_.find(name);
    if (found == outlooks_.end()) return;  // not among the active services
    const Outlook& other = found->second;
    if (!dependency.required && (other.ill || !other.failed.empty())) return;
    const std::string never = why_never(name, dependency.condition);
    if (!never.empty() && !dependency.required) return join(need, other.started);
    if (!never.empty()) return join(need, {.refused = service.name.value + " needs " + name.value + never});
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

/// " to be healthy, which …"; "" if the condition may still become true.
std::string ServicePlanner::why_never(const ServiceName& name, DependencyCondition condition) const {
    const Outlook& other = outlooks_.at(name);
    const Service& service = work_.desired.project.services.at(name);
    if (condition == DependencyCondition::healthy && !other.healthy) {
        const auto image = work_.observed.images.find(service.container.image);
        const bool known =
            image != work_.observed.images.end() && resources_.image(service).waits_for.empty();
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

}  // namespace dockerext::plan
