#pragma once

#include "base/problem.hpp"
#include "model/plan.hpp"
#include "model/settings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::model {

/// running, completed: as it should be. Others, with `reason`: waiting (for a dependency or a condition),
/// pending (work planned or under way), restarting (the engine's policy restarts it: it keeps ending),
/// unhealthy, failed (ended non-zero and left alone, or cannot be made to run; retried as `next_attempt`
/// says), drifted (not as it should be, and held back by policy or a freeze), unknown (the engine tells
/// nothing of it now, whatever it was before).
enum class ServiceState {
    running,
    completed,
    waiting,
    pending,
    restarting,
    unhealthy,
    failed,
    drifted,
    unknown
};
constexpr auto names_of(ServiceState) {
    using enum ServiceState;
    return enum_names<ServiceState>({{running, "running"},
                                     {completed, "completed"},
                                     {waiting, "waiting"},
                                     {pending, "pending"},
                                     {restarting, "restarting"},
                                     {unhealthy, "unhealthy"},
                                     {failed, "failed"},
                                     {drifted, "drifted"},
                                     {unknown, "unknown"}});
}
/// As it should be.
bool is_well(ServiceState state) noexcept;
/// Wrong, and not about to be right by itself.
bool is_ill(ServiceState state) noexcept;

struct ContainerStatus {
    ContainerName name;
    ContainerId id;
    std::optional<ContainerState> state;  ///< none: unknown
    Health health = Health::none;
    ImageRef image;
};

struct ServiceStatus {
    ServiceName name;
    ServiceState state = ServiceState::pending;
    unsigned wanted = 1;
    unsigned running = 0;
    std::vector<ContainerStatus> containers;
    std::vector<Change> drift;
    std::string reason;
    std::optional<WallTime> since;  ///< since when it is not well
    unsigned attempts = 0;          ///< failures in a row
    std::optional<WallTime> next_attempt;
    bool in_hand = false;  ///< steps for it are planned or under way, or it has to be looked at first
};

/// What was known of the service counts no more: the engine tells nothing now.
void make_unknown(ServiceStatus& service, const std::string& reason, std::optional<WallTime> since);

/// unsupported: accepted, and not applied by this version. unmanaged: left as it is.
enum class PartState { ok, pending, failed, unsupported, unmanaged };
constexpr auto names_of(PartState) {
    using enum PartState;
    return enum_names<PartState>({{ok, "ok"},
                                  {pending, "pending"},
                                  {failed, "failed"},
                                  {unsupported, "unsupported"},
                                  {unmanaged, "unmanaged"}});
}

/// A part of the desired state besides the services: "engine.options", "registry.example.com".
struct PartStatus {
    std::string name;
    PartState state = PartState::ok;
    std::string message;
    bool is_final = false;  ///< failed, and not tried again before the settings or the machine change
};

/// none: no settings have come. pending: they cannot be kept yet.
enum class SettingsState { none, pending, accepted, rejected };
constexpr auto names_of(SettingsState) {
    using enum SettingsState;
    return enum_names<SettingsState>(
        {{none, "none"}, {pending, "pending"}, {accepted, "accepted"}, {rejected, "rejected"}});
}

struct SettingsStatus {
    std::int64_t sequence = 0;             ///< of the newest document, accepted or not
    std::optional<SettingsSource> source;  ///< none: none have come
    SettingsState state = SettingsState::none;
    std::vector<Problem> errors;
};

/// unknown: not asked yet. unreachable: it cannot be connected to. not_answering: it is connected, and hangs.
enum class EngineState { running, unreachable, not_answering, unknown };
constexpr auto names_of(EngineState) {
    using enum EngineState;
    return enum_names<EngineState>({{running, "running"},
                                    {unreachable, "unreachable"},
                                    {not_answering, "not answering"},
                                    {unknown, "unknown"}});
}

struct EngineStatus {
    EngineState state = EngineState::unknown;
    std::string version, api;
    std::string message;
    WallTime since;
};

struct CycleStatus {
    std::chrono::microseconds duration{0};
    std::uint64_t engine_calls = 0;
};

/// When the loop next looks by itself, and why: "next full check", "backoff of container web-1 ends".
struct NextWakeUp {
    WallTime at;
    std::string reason;
};

enum class OverallState { idle, converged, converging, degraded, paused };
constexpr auto names_of(OverallState) {
    using enum OverallState;
    return enum_names<OverallState>({{idle, "idle"},
                                     {converged, "converged"},
                                     {converging, "converging"},
                                     {degraded, "degraded"},
                                     {paused, "paused"}});
}

/// The machine at a glance; what `dockerextd status --json` prints (config/status.schema.json).
struct Status {
    OverallState state = OverallState::idle;
    SettingsStatus settings;
    EngineStatus engine;
    std::vector<PartStatus> parts;
    std::vector<ServiceStatus> services;
    std::vector<Held> held;  ///< what is wrong outside services: foreign names, networks that resist
    std::optional<WallTime> paused_until;
    bool unseen = false;  ///< the services have not been looked at yet since the daemon started
    CycleStatus last_cycle;
    std::uint64_t change = 0;                ///< another number than before when the status is another one
    std::optional<NextWakeUp> next_wake_up;  ///< none: only news end the wait
};

}  // namespace dockerext::model
