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

const Subject service_part = part("engine.service");
constexpr std::array configured_parts{"engine.options", "engine.config", "engine.port", "engine.tls"};

/// Gives all parts of the configuration that the settings mention the same status.
void report_configuration(HostWork& work, const PartStatus& as) {
    const DockerSettings& docker = work.desired.docker;
    const Ownership& owned = work.history.owned;
    const auto& [options, config, port, tls] = configured_parts;
    const auto report = [&](const char* name) {
        work.parts.push_back(as);
        work.parts.back().name = name;
    };
    if (!docker.options.empty() || owned.drop_in) report(options);
    if (docker.config != "{}" || !owned.config_keys.empty()) report(config);
    if (docker.port) report(port);
    if (work.desired.certificates || owned.certificates) report(tls);
}

/// Holds the configuration until something else changes.
std::nullopt_t fail_configuration(HostWork& work, Held::Why why, const std::string& reason) {
    report_configuration(work, {.state = PartState::failed, .message = reason, .is_final = true});
    work.hold(configuration_part, why, reason);
    return std::nullopt;
}

constexpr const char* masked =
    "docker.service is masked; to let dockerextd manage it, run `systemctl unmask docker.service`";

void report_unmanaged(HostWork& work) {
    if (has_engine_settings(work.desired))
        report_configuration(
            work, {.state = PartState::unmanaged, .message = "systemd does not run this machine's services"});
    report_unmanaged_logins(work);
}

void plan_installation(HostWork& work) {
    install(work);
    report_configuration(work, {.state = PartState::pending, .message = "waiting for the engine"});
}

std::optional<StepId> change(HostWork& work, EngineConfiguration configuration) {
    const std::string failed = work.backing_off(configuration_part);
    report_configuration(work, {.state = failed.empty() ? PartState::pending : PartState::failed,
                                .message = failed.empty() ? "applying" : failed});
    if (work.is_held(configuration_part)) return std::nullopt;
    work.owned = configuration.owned;
    return work.add(
        {.operation = ChangeEngine{std::move(configuration.files), configuration.effect,
                                   configuration.units_changed, work.owned, work.result.fingerprint},
         .subject = configuration_part,
         .object = "Docker Engine",
         .reason = reason_of(configuration.changes),
         .changes = configuration.changes});
}

/// Whether the running dockerd has what the settings ask for, so that files that somebody has changed since
/// only have to be written again.
Loaded has_loaded(const HostWork& work) {
    const auto& loaded = work.history.loaded;
    const bool is_loaded = loaded && work.observed.unit.active == UnitActive::active &&
                           loaded->run == work.observed.unit.run &&
                           loaded->fingerprint == work.result.fingerprint;
    return is_loaded ? Loaded::yes : Loaded::no;
}

/// Adds the step that changes the engine's configuration, if a change is needed.
std::optional<StepId> configure(HostWork& work) {
    const bool is_masked = work.observed.unit.load == UnitLoad::masked;
    auto configuration = engine_configuration(work.desired, work.observed, work.owned,
                                              {work.history.engine_version, has_loaded(work)});
    // A masked unit has nothing to read, so any other error is only a consequence.
    if (!configuration && is_masked) return fail_configuration(work, Held::Why::policy, masked);
    if (!configuration) return fail_configuration(work, Held::Why::conflict, configuration.error().message());
    if (configuration->files.empty()) {
        work.result.files_match = true;
        work.owned = configuration->owned;
        report_configuration(work, {.state = PartState::ok});
        return std::nullopt;
    }
    if (work.history.refused == work.result.fingerprint) {
        return fail_configuration(
            work, Held::Why::failed,
            "dockerd failed to start with these settings; reverted. Change them to retry. Cause: " +
                work.history.refusal);
    }
    if (is_masked && configuration->effect != ChangeEngine::Effect::none)
        return fail_configuration(work, Held::Why::policy, masked);
    return change(work, std::move(*configuration));
}

/// Makes sure that the engine runs, and starts at the next boot.
void ensure_running(HostWork& work, bool configured) {
    const ObservedUnit& unit = work.observed.unit;
    if (unit.load == UnitLoad::masked) return work.fail_and_hold(service_part, Held::Why::policy, masked);
    if (unit.load != UnitLoad::loaded)
        return work.report(service_part.name, PartState::unmanaged, "dockerd does not run as docker.service");
    const bool stopped = unit.active == UnitActive::inactive || unit.active == UnitActive::failed;
    if (!stopped && unit.enabled) return work.report(service_part.name, PartState::ok);
    const std::string why = stopped ? "docker.service is not running" : "docker.service is not enabled";
    if (!work.begin(service_part, why) || configured) return;
    work.add(
        {.operation = StartEngine{stopped, !unit.enabled},
         .subject = service_part,
         .object = "docker.service",
         .reason = why,
         .changes = {{"engine.service", stopped ? "stopped" : "disabled", stopped ? "running" : "enabled"}}});
}

void maintain_engine(HostWork& work) {
    report_installation(work);
    const auto configured = configure(work);
    ensure_running(work, configured.has_value());
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
    HostWork work{{history.failure_records, now}, desired, observed, history};
    work.result.fingerprint = configuration_fingerprint(desired);
    if (!observed.systemd) report_unmanaged(work);
    else if (!observed.installed || is_half_installed(work)) plan_installation(work);
    else maintain_engine(work);
    work.result.plan = std::move(work.plan);
    work.result.parts = std::move(work.parts);
    return std::move(work.result);
}

std::optional<LoadedConfiguration> loaded_configuration(const HostPlan& made, const ObservedHost& observed,
                                                        const std::optional<LoadedConfiguration>& before) {
    const ObservedUnit& unit = observed.unit;
    const bool still_runs = unit.active == UnitActive::active && !unit.run.empty();
    if (!still_runs) return std::nullopt;
    const bool is_older = std::all_of(observed.changed_at.begin(), observed.changed_at.end(),
                                      [&](const auto& file) { return file.second < unit.active_since; });
    if (made.files_match && is_older) return LoadedConfiguration{unit.run, made.fingerprint};
    return before && before->run == unit.run ? before : std::nullopt;
}

}  // namespace dockerext::plan
