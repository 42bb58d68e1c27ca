#include "model/status.hpp"

namespace dockerext::model {

bool is_converged(ServiceState state) noexcept {
    return state == ServiceState::running || state == ServiceState::completed;
}

bool is_degraded(ServiceState state) noexcept {
    return state == ServiceState::failed || state == ServiceState::restarting ||
           state == ServiceState::unhealthy || state == ServiceState::drifted ||
           state == ServiceState::unknown;
}

bool is_given_up(const ServiceStatus& service) noexcept {
    return service.state == ServiceState::failed && !service.next_attempt && !service.in_progress;
}

void make_unknown(ServiceStatus& service, const std::string& reason, std::optional<WallTime> since) {
    service.state = ServiceState::unknown;
    service.running = 0;
    service.reason = reason;
    service.evidence.clear();
    service.watching.reset();
    service.since = since;
    service.drift.clear();
    service.next_attempt.reset();
    for (ContainerStatus& container : service.containers) {
        container.state.reset();
        container.health = Health::none;
    }
}

}  // namespace dockerext::model
