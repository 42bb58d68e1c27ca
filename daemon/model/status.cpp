#include "model/status.hpp"

namespace dockerext::model {

std::string_view to_string(ServiceState state) noexcept {
    switch (state) {
    case ServiceState::running: return "running";
    case ServiceState::completed: return "completed";
    case ServiceState::waiting: return "waiting";
    case ServiceState::pending: return "pending";
    case ServiceState::restarting: return "restarting";
    case ServiceState::unhealthy: return "unhealthy";
    case ServiceState::failed: return "failed";
    case ServiceState::drifted: return "drifted";
    case ServiceState::unknown: return "unknown";
    }
    return "unknown";
}

bool is_well(ServiceState state) noexcept {
    return state == ServiceState::running || state == ServiceState::completed;
}

bool is_ill(ServiceState state) noexcept {
    return state == ServiceState::failed || state == ServiceState::restarting ||
           state == ServiceState::unhealthy || state == ServiceState::drifted ||
           state == ServiceState::unknown;
}

void make_unknown(ServiceStatus& service, const std::string& reason, std::optional<WallTime> since) {
    service.state = ServiceState::unknown;
    service.running = 0;
    service.reason = reason;
    service.since = since;
    service.drift.clear();
    service.next_attempt.reset();
    for (ContainerStatus& container : service.containers) {
        container.state = "unknown";
        container.health.clear();
    }
}

std::string_view to_string(PartState state) noexcept {
    switch (state) {
    case PartState::ok: return "ok";
    case PartState::pending: return "pending";
    case PartState::failed: return "failed";
    case PartState::unsupported: return "unsupported";
    case PartState::unmanaged: return "unmanaged";
    }
    return "unknown";
}

std::string_view to_string(SettingsState state) noexcept {
    switch (state) {
    case SettingsState::none: return "none";
    case SettingsState::pending: return "pending";
    case SettingsState::accepted: return "accepted";
    case SettingsState::rejected: return "rejected";
    }
    return "unknown";
}

std::string_view to_string(EngineState state) noexcept {
    switch (state) {
    case EngineState::running: return "running";
    case EngineState::unreachable: return "unreachable";
    case EngineState::not_answering: return "not answering";
    case EngineState::unknown: return "unknown";
    }
    return "unknown";
}

std::string_view to_string(OverallState state) noexcept {
    switch (state) {
    case OverallState::idle: return "idle";
    case OverallState::converged: return "converged";
    case OverallState::converging: return "converging";
    case OverallState::degraded: return "degraded";
    case OverallState::paused: return "paused";
    }
    return "unknown";
}

}  // namespace dockerext::model
