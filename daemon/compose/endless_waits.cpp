#include "compose/endless_waits.hpp"

namespace dockerext::compose {
namespace {

bool is_healthcheck_disabled(const Service& service) {
    if (!service.healthcheck) return false;
    const auto& test = service.healthcheck->test;
    return service.healthcheck->disable || (!test.empty() && test.front() == "NONE");
}

/// deploy.restart_policy overrides restart.
bool is_always_restarted(const Service& service) {
    const bool deployed = service.deploy && service.deploy->restart_policy;
    const std::string& policy = deployed ? service.deploy->restart_policy->condition : service.restart;
    return policy == "always" || policy == "unless-stopped" || (deployed && policy == "any");
}

class Checker {
public:
    Checker(const Project& project, Diagnostics& diagnostics)
        : project_(project), diagnostics_(diagnostics) {}

    void check(const Service& service) {
        for (const auto& [name, dependency] : service.depends_on) {
            const auto other = project_.services.find(name);
            if (other != project_.services.end()) check(dependency, other->second);
        }
        check_shared(service, "network_mode", service.network_mode.value_or(""));
        check_shared(service, "ipc", service.ipc);
        check_shared(service, "pid", service.pid);
        for (const model::VolumesFrom& from : service.volumes_from) {
            if (const auto* const other = std::get_if<model::ServiceName>(&from))
                check_container(service, "volumes_from", other->value);
        }
    }

private:
    /// No service waits for one without replicas.
    void check(const Dependency& dependency, const Service& other) {
        using Condition = model::DependencyCondition;
        if (scale_of(other) == 0) return;
        if (dependency.condition == Condition::healthy && is_healthcheck_disabled(other)) {
            report(dependency,
                   "'" + other.name +
                       "' can never be healthy, because its health check is disabled: enable it, or wait "
                       "for service_started");
        }
        if (dependency.condition == Condition::completed_successfully && is_always_restarted(other)) {
            report(dependency, "'" + other.name +
                                   "' never completes, because its restart policy restarts it: change the "
                                   "policy, or wait for "
                                   "service_started");
        }
    }

    void report(const Dependency& dependency, const std::string& message) {
        if (dependency.required) diagnostics_.problems.add(dependency.pointer, message);
        else diagnostics_.warnings.add(dependency.pointer, message + "; not waiting for it");
    }

    void check_shared(const Service& service, const char* key, const std::string& mode) {
        constexpr std::string_view prefix = "service:";
        if (mode.starts_with(prefix)) check_container(service, key, mode.substr(prefix.size()));
    }

    void check_container(const Service& service, const char* key, const std::string& name) {
        const auto other = project_.services.find(name);
        if (other == project_.services.end() || scale_of(other->second) > 0) return;
        diagnostics_.problems.add(service.pointer + "/" + key,
                                  "'" + name + "' has no container to share, because it is scaled to 0");
    }

    const Project& project_;
    Diagnostics& diagnostics_;
};

}  // namespace

void check_waits(const Project& project, Diagnostics& diagnostics) {
    Checker checker(project, diagnostics);
    for (const auto& [name, service] : project.services) {
        if (scale_of(service) > 0) checker.check(service);
    }
}

}  // namespace dockerext::compose
