#pragma once

#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/host.hpp"
#include "model/observed.hpp"
#include "model/stack.hpp"
#include "model/swarm.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dockerext::model {

using StepId = std::size_t;  ///< the index in Plan::steps

/// An existing container, or one that an earlier step of the plan creates.
using ContainerRef = std::variant<ContainerId, StepId>;

// One struct per operation; each is one call of the Engine API, except for those on the engine itself.
struct PullImage {
    ImageRef image;
    std::string platform;                       ///< "linux/arm64", or "" for the engine's own
    std::optional<std::uint64_t> free_bytes{};  ///< of the engine's disk: a larger image is not pulled
};
/// Takes more than one call.
struct RemoveImage {
    ImageId id;
    std::set<std::string> names;  ///< that it may have: tags and digests
};
struct BuildImage {
    ImageRef image;
    Build build;
};
struct CreateNetwork {
    NetworkSpec spec;
    bool is_rollback = false;  ///< recreates the former network, because its replacement failed
};
struct RemoveNetwork {
    NetworkId id;
    NetworkName name;
    /// Its current state, if another network of that name is to replace it; restored if that fails.
    std::optional<ObservedNetwork> former;
};
struct CreateVolume {
    VolumeSpec spec;
};
/// Deletes the data in it, so it is for `down --volumes` only.
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
/// Changes limits and restart policy in place.
struct UpdateContainer {
    ContainerRef container;
    MemoryLimit memory, memory_swap, memory_reservation;
    std::optional<NanoCpus> cpus;
    std::optional<std::int64_t> cpu_shares;
    std::optional<Limit<std::chrono::microseconds>> cpu_quota;
    std::optional<std::chrono::microseconds> cpu_period;
    std::string cpuset;
    std::optional<Limit<std::int64_t>> pids_limit;
    RestartPolicy restart;
};
struct RenameContainer {
    ContainerRef container;
    ContainerName to;
};
struct UnpauseContainer {
    ContainerRef container;
};
/// Copies configs and secrets whose content comes with the settings, before the container's first start.
struct PutFiles {
    ContainerRef container;
    std::vector<InjectedFile> files;
};
struct StartContainer {
    ContainerRef container;
};
/// Runs a command in a running container and waits for its end; takes more than one call.
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
    std::optional<WallTime> cause_started_at;  ///< the start of a namespace's owner, if that is the reason
};
struct StopContainer {
    ContainerRef container;
    std::chrono::seconds grace{10};  ///< how long the engine itself waits; the call's deadline depends on it
};
/// Keeps its volumes, anonymous ones too.
struct RemoveContainer {
    ContainerRef container;
};

/// Lets the engine's packages be upgraded with the rest of the machine.
struct ReleaseVersion {
    PinnedVersion pinned_version;
};
/// Removes the engine's packages, then everything else that we own on the machine.
struct RemoveEngine {
    std::vector<std::string> packages;
    std::vector<FileChange> files;
};
/// Starts docker.service, and enables it so that it starts at boot.
struct StartEngine {
    bool start = true;
    bool enable = false;
};
/// Verifies a login with its registry, through the engine.
struct VerifyLogin {
    std::string server;
    PasswordLogin login;
};

/// Founds a swarm with this machine as its only manager. All addresses are numeric.
struct InitSwarm {
    std::string advertise, listen, data_path;  ///< "10.0.0.4", "0.0.0.0:2377", "" for `advertise`
    std::optional<std::uint16_t> data_path_port;
    std::vector<std::string> address_pools;
    std::optional<std::uint32_t> subnet_size;
    std::optional<std::int64_t> task_history;
    bool autolock = false;
    NodeAvailability availability = NodeAvailability::active;
    bool force_new_cluster = false;  ///< of an existing swarm, this machine becomes the only manager
};
/// Joins through one manager: the engine uses only the first address that it is given.
struct JoinSwarm {
    TcpAddress manager;
    Secret token;
    SwarmRole role = SwarmRole::worker;  ///< that the token gives
    std::string advertise, listen, data_path;
    NodeAvailability availability = NodeAvailability::active;
};
struct UnlockSwarm {
    Secret key;
};
/// Stops being a member. Ends this node's tasks; a manager needs `force`.
struct LeaveSwarm {
    bool force = false;
};
/// Changes a node's Spec; takes a query before the update, which names the version that it read.
struct UpdateNode {
    std::string id;
    std::optional<SwarmRole> role;
    std::optional<NodeAvailability> availability;
    std::map<std::string, std::string> labels;  ///< to be set
    std::set<std::string> removed_labels;
};
/// Changes the swarm's Spec, as UpdateNode does a node's.
struct UpdateSwarm {
    std::optional<bool> autolock;
    std::optional<std::int64_t> task_history;
};
/// Removes a node that is down from the swarm's list.
struct RemoveNode {
    std::string id;
};

// Objects of a stack. Its networks are created and removed by CreateNetwork and RemoveNetwork.
struct CreateStackFile {
    StackFile file;  ///< under its final name, with every label
};
struct RemoveStackFile {
    StackFileKind kind = StackFileKind::config;
    std::string id;
};
/// Creates a service; asks the image's registry for its digest first.
struct CreateStackService {
    ImageRef image;
    std::string spec;  ///< ServiceSpec as JSON: complete but for the digest and the platforms of the image
};
/// Replaces the spec of a service.
struct UpdateStackService {
    std::string id;
    std::uint64_t version = 0;
    ImageRef image;
    std::string spec;      ///< as of CreateStackService
    bool resolve = false;  ///< the image has changed; else `spec` has its digest and platforms already
};
struct RemoveStackService {
    std::string id;
};

using Operation =
    std::variant<PullImage, BuildImage, RemoveImage, CreateNetwork, RemoveNetwork, CreateVolume, RemoveVolume,
                 CreateContainer, ConnectNetwork, DisconnectNetwork, UpdateContainer, RenameContainer,
                 UnpauseContainer, PutFiles, StartContainer, RunHook, RestartContainer, StopContainer,
                 RemoveContainer, InstallEngine, ReleaseVersion, RemoveEngine, ChangeEngine, StartEngine,
                 VerifyLogin, InitSwarm, JoinSwarm, UnlockSwarm, LeaveSwarm, UpdateNode, UpdateSwarm,
                 RemoveNode, CreateStackFile, RemoveStackFile, CreateStackService, UpdateStackService,
                 RemoveStackService>;

/// One field that differs from its desired value. Fit for people: secrets are hidden already.
struct Change {
    std::string field;  ///< "environment.HOME", "ports", "memory", "state"
    std::string have;
    std::string want;
    bool operator==(const Change&) const = default;
};

/// "memory: 64m → 128m"; "(none)" for an empty side.
std::string to_string(const Change& change);
/// "not running (state: exited → running)": a reason and what differs.
std::string with_changes(const std::string& reason, const std::vector<Change>& changes);
/// "memory, environment.MODE": the fields alone.
std::string fields_of(const std::vector<Change>& changes);

struct Step {
    Operation operation;
    Subject subject;
    std::optional<ServiceName> service;  ///< the service that this step serves; nullopt if several share it
    std::string object;                  ///< the operation's object, for people: "demo-web-1", "nginx:1"
    std::string reason;                  ///< why, for people: "memory changed", "not running", "not found"
    std::vector<Change> changes;
    std::vector<StepId> after;  ///< runs when all of these have succeeded
    /// Restores what the steps before it took away (the start after a stop, the connect after a disconnect).
    /// Once those have run, it runs too, even if the rest of the plan is cancelled.
    bool restores = false;
    /// What must become true first ("db to be healthy", "nginx:1 to be pulled"); "" if nothing. Such a step
    /// is shown in a plan but never run. Once its condition is true, a new plan has the step without it.
    std::string waits_for;
};

/// Work that is needed, or may be, but is not planned, and why.
struct Held {
    enum class Why {
        backoff,
        frozen,
        failed,
        conflict,
        policy,
        unknown,   ///< the state of the subject, or of something it needs, is unknown
        unproven,  ///< all steps are done, but the run has not held yet
        delayed    ///< another replica was replaced lately (update_config.delay)
    };
    Subject subject;
    std::optional<ServiceName> service;
    Why why = Why::backoff;
    std::string reason;
    std::optional<SteadyTime> until;  ///< when the plan changes by itself: backoff, unproven, delayed
};
constexpr auto names_of(Held::Why) {
    using enum Held::Why;
    return enum_names<Held::Why>({{backoff, "backoff"},
                                  {frozen, "frozen"},
                                  {failed, "failed"},
                                  {conflict, "conflict"},
                                  {policy, "policy"},
                                  {unknown, "unknown"},
                                  {unproven, "unproven"},
                                  {delayed, "delayed"}});
}

/// What to do, in an order that respects every `after`. No steps and nothing held means: converged.
struct Plan {
    std::vector<Step> steps;
    std::vector<Held> held;
};

/// `first`, then `second`, whose step numbers continue those of `first`.
Plan combined(Plan first, Plan second);

/// "create container", "pull image": the verb and kind of an operation.
std::string_view verb(const Operation& operation);

}  // namespace dockerext::model
