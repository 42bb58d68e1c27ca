#include "plan/host_planner.hpp"

#include "plan/engine_configuration.hpp"
#include "plan/host_work.hpp"
#include "plan/installation.hpp"
#include "plan/login_steps.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

const Subject configuration_part = part("engine.configuration");
const Subject service_part = part("engine.service");
constexpr std::array configured_parts{"engine.options", "engine.config", "engine.port", "engine.tls"};

/// Gives all parts of the configuration that the settings mention the same status.
void tell_configuration(HostWork& work, const PartStatus& as) {
    const DockerSettings& docker = work.desired.docker;
    const Ownership& owned = work.history.owned;
    const auto& [options, config, port, tls] = configured_parts;
    const auto tell = [&](const char* name) {
        work.made.parts.push_back(as);
        work.made.parts.back().name = name;
    };
    if (!docker.options.empty() || owned.drop_in) tell(options);
    if (docker.config != "{}" || !owned.config_keys.empty()) tell(config);
    if (docker.port) tell(port);
    if (work.desired.certificates || owned.certificates) tell(tls);
}

/// Holds the configuration until something else changes.
std::nullopt_t give_up_configuration(HostWork& work, Held::Why why, const std::string& reason) {
    tell_configuration(work, {.state = PartState::failed, .message = reason, .is_final = true});
    work.hold(configuration_part, why, reason);
    return std::nullopt;
}

constexpr const char* masked =
    "docker.service is masked; to let dockerextd manage it, run `systemctl unmask docker.service`";

void leave_alone(HostWork& work) {
    if (asks_for_configuration(work.desired))
        tell_configuration(
            work, {.state = PartState::unmanaged, .message = "systemd does not run this machine's services"});
    leave_logins_alone(work);
}

void make_engine(HostWork& work) {
    install(work);
    tell_configuration(work, {.state = PartState::pending, .message = "waiting for the engine"});
}

std::optional<StepId> change(HostWork& work, EngineConfiguration wanted) {
    const std::string failed = work.backing_off(configuration_part);
    tell_configuration(work, {.state = failed.empty() ? PartState::pending : PartState::failed,
                              .message = failed.empty() ? "applying" : failed});
    if (work.is_held(configuration_part)) return std::nullopt;
    work.owned = wanted.owned;
    return work.add({.operation = ChangeEngine{std::move(wanted.files), wanted.effect, wanted.units_changed,
                                               work.owned, work.made.fingerprint},
                     .subject = configuration_part,
                     .object = "Docker Engine",
                     .reason = reason_of(wanted.changes),
                     .changes = wanted.changes});
}

/// Adds the step that changes the engine's configuration, if a change is needed.
std::optional<StepId> configure(HostWork& work) {
    const bool is_masked = work.observed.unit.load == UnitLoad::masked;
    auto wanted = engine_configuration(work.desired, work.observed, work.owned, work.history.engine_version);
    // A masked unit has nothing to read, so any other error is only a consequence.
    if (!wanted && is_masked) return give_up_configuration(work, Held::Why::policy, masked);
    if (!wanted) return give_up_configuration(work, Held::Why::conflict, wanted.error().message());
    if (wanted->files.empty()) {
        work.owned = wanted->owned;
        tell_configuration(work, {.state = PartState::ok});
        return std::nullopt;
    }
    if (work.history.refused == work.made.fingerprint) {
        return give_up_configuration(
            work, Held::Why::failed,
            "dockerd failed to start with these settings; reverted. Change them to retry. Cause: " +
                work.history.refusal);
    }
    if (is_masked && wanted->effect != ChangeEngine::Effect::none)
        return give_up_configuration(work, Held::Why::policy, masked);
    return change(work, std::move(*wanted));
}

/// Makes sure that the engine runs, and starts at the next boot.
void run(HostWork& work, bool configured) {
    const ObservedUnit& unit = work.observed.unit;
    if (unit.load == UnitLoad::masked) return work.give_up(service_part, Held::Why::policy, masked);
    if (unit.load != UnitLoad::loaded)
        return work.tell(service_part.name, PartState::unmanaged, "dockerd does not run as docker.service");
    const bool stopped = unit.active == UnitActive::inactive || unit.active == UnitActive::failed;
    if (!stopped && unit.enabled) return work.tell(service_part.name, PartState::ok);
    const std::string why = stopped ? "docker.service is not running" : "docker.service is not enabled";
    if (!work.begin(service_part, why) || configured) return;
    work.add(
        {.operation = StartEngine{stopped, !unit.enabled},
         .subject = service_part,
         .object = "docker.service",
         .reason = why,
         .changes = {{"engine.service", stopped ? "stopped" : "disabled", stopped ? "running" : "enabled"}}});
}

void keep(HostWork& work) {
    tell_installation(work);
    const auto configured = configure(work);
    run(work, configured.has_value());
    plan_logins(work, configured);
    release_version(work);
}

}  // namespace

bool is_about(const Subject& subject, std::string_view part) {
    if (subject != configuration_part) return subject.name == part;
    return std::find(configured_parts.begin(), configured_parts.end(), part) != configured_parts.end();
}

HostPlan plan_host(const EngineDesired& desired, const ObservedHost& observed, const HostHistory& history,
                   SteadyTime now) {
    HostWork work{desired, observed, history, now};
    work.made.fingerprint = configuration_fingerprint(desired);
    if (!observed.systemd) leave_alone(work);
    else if (!observed.installed || is_half_installed(work)) make_engine(work);
    else keep(work);
    return std::move(work.made);
}

}  // namespace dockerext::plan
