#pragma once

#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/host.hpp"
#include "model/observed.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dockerext::model {

using StepId = std::size_t;  ///< the index in Plan::steps

/// A container that is there, or that an earlier step of the plan creates.
using ContainerRef = std::variant<ContainerId, StepId>;

// One struct per operation; each is one call of the Engine API, but for those of the engine itself.
struct PullImage {
    ImageRef image;
    std::string platform;  ///< "linux/arm64", or "" for the engine's own
};
struct BuildImage {
    ImageRef image;
    Build build;
};
struct CreateNetwork {
    NetworkSpec spec;
    bool puts_back = false;  ///< as it was before it was to be made anew, which has failed
};
struct RemoveNetwork {
    NetworkId id;
    NetworkName name;
    /// As it is, where another of that name is to take its place: what is put back if that cannot be had.
    std::optional<ObservedNetwork> former;
};
struct CreateVolume {
    VolumeSpec spec;
};
/// With the data in it: for `down --volumes` alone.
struct RemoveVolume {
    VolumeName name;
};
struct CreateContainer {
    ContainerName name;  ///< a successor's is "OLDID12_NAME" until it is renamed
    ContainerSpec spec;  ///< with every label
};
struct ConnectNetwork {
    ContainerRef container;
    NetworkName network;
    Endpoint endpoint;
};
struct DisconnectNetwork {
    ContainerRef container;
    NetworkName network;
};
/// Limits and restart policy, in place.
struct UpdateContainer {
    ContainerRef container;
    Bytes memory;
    Bytes memory_swap;
    Bytes memory_reservation;
    std::int64_t nano_cpus = 0;
    std::int64_t cpu_shares = 0, cpu_quota = 0, cpu_period = 0;
    std::string cpuset;
    std::int64_t pids_limit = 0;
    RestartPolicy restart;
};
struct RenameContainer {
    ContainerRef container;
    ContainerName to;
};
struct UnpauseContainer {
    ContainerRef container;
};
/// Configs and secrets whose content comes with the settings, before the container's first start.
struct PutFiles {
    ContainerRef container;
    std::vector<InjectedFile> files;
};
struct StartContainer {
    ContainerRef container;
};
/// A command in a running container: to its end, more than one call.
struct RunHook {
    enum class When { post_start, pre_stop };
    ContainerRef container;
    Hook hook;
    When when = When::post_start;
};
constexpr auto names_of(RunHook::When) {
    using enum RunHook::When;
    return enum_names<RunHook::When>({{post_start, "post_start"}, {pre_stop, "pre_stop"}});
}
struct RestartContainer {
    ContainerRef container;
    std::chrono::seconds grace{10};
    std::optional<WallTime> follows;  ///< the start of a namespace's owner that is the reason
};
struct StopContainer {
    ContainerRef container;
    std::chrono::seconds grace{10};  ///< what the engine will wait by itself; for the deadline of the call
};
/// Its volumes stay, anonymous ones too.
struct RemoveContainer {
    ContainerRef container;
};

/// Puts the engine on the machine, from packages.
struct InstallEngine {
    EngineSource source = EngineSource::distro;
    std::string version, mirror, key, azure_environment;
};
/// Lets the engine's packages be upgraded with the rest of the machine.
struct ReleaseVersion {
    PinnedVersion kept;
};
/// Takes the engine's packages away, and then what else is ours on the machine.
struct RemoveEngine {
    std::vector<std::string> packages;
    std::vector<FileChange> files;
};
/// Starts docker.service, and sees to it that it starts at boot.
struct StartEngine {
    bool start = true;
    bool enable = false;
};
/// Asks a registry, through the engine, whether it knows us.
struct VerifyLogin {
    std::string server;
    PasswordLogin login;
};

using Operation = std::variant<PullImage, BuildImage, CreateNetwork, RemoveNetwork, CreateVolume,
                               RemoveVolume, CreateContainer, ConnectNetwork, DisconnectNetwork,
                               UpdateContainer, RenameContainer, UnpauseContainer, PutFiles, StartContainer,
                               RunHook, RestartContainer, StopContainer, RemoveContainer, InstallEngine,
                               ReleaseVersion, RemoveEngine, ChangeEngine, StartEngine, VerifyLogin>;

/// One field that is not as it should be. Fit for people: secrets are hidden already.
struct Change {
    std::string field;  ///< "environment.HOME", "ports", "memory", "state"
    std::string have;
    std::string want;
    bool operator==(const Change&) const = default;
};

/// "memory: 64m → 128m"; "(none)" for a side that is empty.
std::string to_string(const Change& change);
/// "not running (state: exited → running)": a reason and what differs.
std::string with_changes(const std::string& reason, const std::vector<Change>& changes);

struct Step {
    Operation operation;
    Subject subject;
    std::optional<ServiceName> service;  ///< whose service this serves; none for what several share
    std::string object;                  ///< what the operation is on, for people: "demo-web-1", "nginx:1"
    std::string reason;                  ///< why, for people: "memory changed", "not running", "not found"
    std::vector<Change> changes;
    std::vector<StepId> after;  ///< runs when all of these have succeeded
    /// Gives back what the steps before it have taken away (the start after a stop, the connect after a
    /// disconnect). Once those are done it is done as well, even when the rest of the plan is called off.
    bool restores = false;
    /// Not now: what must become true first ("db to be healthy", "nginx:1 to be pulled"). Shown in a plan,
    /// never run; the plan that is made when it has come true has the step without it.
    std::string waits_for;
};

/// Work that is needed, or may be, and is not planned, and why. unknown: nothing is known of the subject, or
/// of what it needs.
struct Held {
    enum class Why {
        backoff,
        frozen,
        failed,
        conflict,
        policy,
        unknown,  ///< nothing is known of the subject, or of what it needs
        unproven  ///< all is done, and it has yet to hold
    };
    Subject subject;
    std::optional<ServiceName> service;
    Why why = Why::backoff;
    std::string reason;
    std::optional<SteadyTime> until;  ///< the plan changes by itself then: backoff, unproven
};
constexpr auto names_of(Held::Why) {
    using enum Held::Why;
    return enum_names<Held::Why>({{backoff, "backoff"},
                                  {frozen, "frozen"},
                                  {failed, "failed"},
                                  {conflict, "conflict"},
                                  {policy, "policy"},
                                  {unknown, "unknown"},
                                  {unproven, "unproven"}});
}

/// What to do, in an order that respects every `after`. No steps and nothing held means: converged.
struct Plan {
    std::vector<Step> steps;
    std::vector<Held> held;
};

/// `first`, then `second`, whose steps are numbered on.
Plan joined(Plan first, Plan second);

/// "create container", "pull image": the verb and kind of an operation.
std::string_view verb(const Operation& operation);

}  // namespace dockerext::model
