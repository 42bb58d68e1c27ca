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

/// running and completed are as desired. All others have a `reason`: waiting (for a dependency or a
/// condition), pending (work is planned or under way), restarting (it keeps exiting, and the engine's policy
/// restarts it), unhealthy, failed (exited non-zero and is left alone, or cannot be started; retried at
/// `next_attempt`), drifted (differs from the desired state, and the repair is held by policy or a freeze),
/// unknown (the engine currently reports nothing about it, whatever its state was before).
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
/// Whether the service is as desired.
bool is_converged(ServiceState state) noexcept;
/// Whether something is wrong that is not about to resolve by itself.
bool is_degraded(ServiceState state) noexcept;

struct ContainerStatus {
    ContainerName name;
    ContainerId id;
    std::optional<ContainerState> state;  ///< nullopt: unknown
    Health health = Health::none;
    ImageRef image;
    std::string digest{};  ///< "sha256:…" of the image that it runs; "" if no registry has it, or if it is
                           ///< not known any more
};

/// How far the pull of an image is, over all layers whose size is known.
struct PullStatus {
    std::uint64_t done_bytes = 0;
    std::uint64_t total_bytes = 0;  ///< 0 while no size is known
};

/// What the image's registry said when it was last asked (pull_policy).
struct ImageCheckStatus {
    std::optional<WallTime> checked_at;  ///< nullopt: it has not answered yet, or is not asked
    std::string newer;                   ///< the digest there, if the engine does not have it; "" otherwise
    std::string error;                   ///< of the last question; "" if it was answered
};

/// A new run that has to last until it is proven.
struct Watching {
    WallTime since;
    std::chrono::seconds duration{};
};

/// What a person would look up next about a container that is not well.
struct Evidence {
    std::string what;                ///< "last output of demo-web-1"
    std::vector<std::string> lines;  ///< secrets hidden, but from a container: they may hold anything else
    bool operator==(const Evidence&) const = default;
};

struct ServiceStatus {
    ServiceName name;
    ServiceState state = ServiceState::pending;
    unsigned desired_replicas = 1;
    unsigned running = 0;
    std::vector<ContainerStatus> containers;
    std::vector<Change> drift;
    std::string reason;
    std::vector<Evidence> evidence;
    std::optional<Watching>
        watching;  ///< of the last of its runs to be proven; `reason` then ends with this word
    std::optional<WallTime> since;  ///< since when it has not been well
    unsigned attempts = 0;          ///< failures in a row
    std::optional<WallTime> next_attempt;
    ImageCheckStatus image_check;
    std::optional<PullStatus> pull;  ///< under way; `reason` says the same
    /// Steps for it are planned or under way, or it must be observed first, or its settings are about to be
    /// rolled back.
    bool in_progress = false;
};
/// Whether it has failed, and nothing more is done about it until something else changes.
bool is_given_up(const ServiceStatus& service) noexcept;

/// Discards what was known of the service, because the engine now reports nothing about it.
void make_unknown(ServiceStatus& service, const std::string& reason, std::optional<WallTime> since);

/// unmanaged: left unchanged.
enum class PartState { ok, pending, failed, unmanaged };
constexpr auto names_of(PartState) {
    using enum PartState;
    return enum_names<PartState>(
        {{ok, "ok"}, {pending, "pending"}, {failed, "failed"}, {unmanaged, "unmanaged"}});
}

/// A part of the desired state besides the services: "engine.options", "registry.example.com".
struct PartStatus {
    std::string name;
    PartState state = PartState::ok;
    std::string message;
    bool is_final = false;  ///< failed, and not retried before the settings or the machine change
    bool operator==(const PartStatus&) const = default;
};

/// A node of the swarm, as managers see it.
struct NodeStatus {
    std::string id, name;
    SwarmRole role = SwarmRole::worker;
    NodeAvailability availability = NodeAvailability::active;
    NodeState state = NodeState::unknown;
    std::string reachability;  ///< of a manager: "leader", "reachable" or "unreachable"; "" for a worker
    std::string engine;        ///< its version
    std::string address;
    bool operator==(const NodeStatus&) const = default;
};

/// The swarm that the settings ask for, as this machine sees it.
struct SwarmStatus {
    LocalNodeState state = LocalNodeState::inactive;
    std::optional<SwarmRole> role;  ///< of this machine; nullopt unless it is an active member
    std::string cluster;            ///< id of the swarm; known to managers only
    std::string node, address;      ///< id and address of this machine in it
    std::vector<NodeStatus> nodes;  ///< known to managers only
    bool operator==(const SwarmStatus&) const = default;
};

/// A part, network, volume or image, as `explain` shows it.
struct ObjectStatus {
    struct Fact {
        std::string name, text;
        bool operator==(const Fact&) const = default;
    };
    Subject subject;
    std::string state;  ///< of a part: PartState; else "present", "absent" or "unknown"
    std::string reason;
    std::vector<Fact> facts;
};

/// none: no settings have arrived. pending: they cannot be stored yet. rolled_back: they were accepted, and
/// former ones are in force again.
enum class SettingsState { none, pending, accepted, rejected, rolled_back };
constexpr auto names_of(SettingsState) {
    using enum SettingsState;
    return enum_names<SettingsState>({{none, "none"},
                                      {pending, "pending"},
                                      {accepted, "accepted"},
                                      {rejected, "rejected"},
                                      {rolled_back, "rolled back"}});
}

struct SettingsStatus {
    std::int64_t sequence = 0;             ///< of the newest document, accepted or not
    std::optional<SettingsSource> source;  ///< nullopt: none have arrived
    SettingsState state = SettingsState::none;
    std::vector<Problem> errors;
};

/// unknown: not asked yet. unreachable: the connection fails. not_answering: it is connected, but hangs.
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
    std::optional<SwarmStatus> swarm;  ///< nullopt: the settings ask for none, or it is not known
    std::vector<ServiceStatus> services;
    std::vector<Held> held;  ///< problems outside services: foreign names, networks that cannot be changed
    std::optional<WallTime> paused_until;
    bool not_observed_yet = false;  ///< the services have not been observed yet since the daemon started
    CycleStatus last_cycle;
    std::uint64_t change = 0;                ///< differs from the previous one if the status differs
    std::optional<NextWakeUp> next_wake_up;  ///< nullopt: only an event ends the wait
};

}  // namespace dockerext::model
