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

/// The parts of the configuration that the settings speak of; all in one state.
void tell_configuration(HostWork& work, const std::string& state, const std::string& message) {
    const DockerSettings& docker = work.desired.docker;
    const Ownership& owned = work.history.owned;
    const auto& [options, config, port, tls] = configured_parts;
    if (!docker.options.empty() || owned.drop_in) work.tell(options, state, message);
    if (docker.config != "{}" || !owned.config_keys.empty()) work.tell(config, state, message);
    if (docker.port) work.tell(port, state, message);
    if (work.desired.certificates || owned.certificates) work.tell(tls, state, message);
}

constexpr const char* masked =
    "docker.service is masked, which is left to whoever did it: `systemctl unmask docker.service` ends it";

void leave_alone(HostWork& work) {
    if (asks_for_configuration(work.desired))
        tell_configuration(work, "unmanaged", "left alone: systemd does not run this machine's services");
    leave_logins_alone(work);
}

void make_engine(HostWork& work) {
    install(work);
    tell_configuration(work, "pending", "comes after the engine");
}

std::optional<StepId> change(HostWork& work, EngineConfiguration wanted) {
    const std::string failed = work.backing_off(configuration_part);
    tell_configuration(work, failed.empty() ? "pending" : "failed",
                       failed.empty() ? "is being changed" : failed);
    if (work.is_held(configuration_part)) return std::nullopt;
    work.owned = wanted.owned;
    return work.add({.operation = ChangeEngine{std::move(wanted.files), wanted.effect, wanted.units_changed,
                                               work.owned, work.made.fingerprint},
                     .subject = configuration_part,
                     .object = "Docker Engine",
                     .reason = reason_of(wanted.changes),
                     .changes = wanted.changes});
}

/// The step that changes the engine's configuration, if one does.
std::optional<StepId> configure(HostWork& work) {
    auto wanted = engine_configuration(work.desired, work.observed, work.owned, work.history.engine_version);
    if (!wanted) {
        tell_configuration(work, "failed", wanted.error().message());
        work.hold(configuration_part, Held::Why::conflict, wanted.error().message());
        return std::nullopt;
    }
    if (wanted->files.empty()) {
        work.owned = wanted->owned;
        tell_configuration(work, "ok", "");
        return std::nullopt;
    }
    if (work.history.refused == work.made.fingerprint) {
        const std::string why =
            "dockerd did not come up with it; what was before is in force, until the settings change: " +
            work.history.refusal;
        tell_configuration(work, "failed", why);
        work.hold(configuration_part, Held::Why::failed, why);
        return std::nullopt;
    }
    const bool is_masked = work.observed.unit.load == ObservedUnit::Load::masked;
    if (is_masked && wanted->effect != ChangeEngine::Effect::none) {
        tell_configuration(work, "failed", masked);
        work.hold(configuration_part, Held::Why::policy, masked);
        return std::nullopt;
    }
    return change(work, std::move(*wanted));
}

/// The engine runs, and will at the next boot.
void run(HostWork& work, bool configured) {
    const ObservedUnit& unit = work.observed.unit;
    if (unit.load == ObservedUnit::Load::masked) {
        work.tell(service_part.name, "failed", masked);
        return work.hold(service_part, Held::Why::policy, masked);
    }
    if (unit.load != ObservedUnit::Load::loaded)
        return work.tell(service_part.name, "unmanaged",
                         "dockerd is there, but not as docker.service: left alone");
    const bool stopped =
        unit.active == ObservedUnit::Active::inactive || unit.active == ObservedUnit::Active::failed;
    if (!stopped && unit.enabled) return work.tell(service_part.name, "ok");
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
