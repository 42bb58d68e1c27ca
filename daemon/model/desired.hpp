#pragma once

#include "base/redactor.hpp"
#include "base/secret.hpp"
#include "model/container_spec.hpp"
#include "model/update_window.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace dockerext::model {

/// What a dependent waits for before it starts (Compose: depends_on.condition).
enum class DependencyCondition { started, healthy, completed_successfully };
constexpr auto names_of(DependencyCondition) {
    using enum DependencyCondition;
    return enum_names<DependencyCondition>({{started, "service_started"},
                                            {healthy, "service_healthy"},
                                            {completed_successfully, "service_completed_successfully"}});
}

struct Dependency {
    DependencyCondition condition = DependencyCondition::started;
    bool required = true;  ///< false: an absent or failed dependency does not hold the dependent back
    bool restart = false;  ///< restart the dependent when the dependency was recreated
    bool operator==(const Dependency&) const = default;
};

enum class PullPolicy { missing, always, never, refresh, build };

/// A reference that pull_policy keeps up to date although an earlier image of it is in use, because a newer
/// one has failed.
struct FollowedTag {
    ImageRef image;
    PullPolicy pull_policy = PullPolicy::always;
    std::chrono::seconds refresh_after{0};
    bool operator==(const FollowedTag&) const = default;
};

/// How the engine's own classic builder builds an image (POST /build).
struct Build {
    struct DockerfilePath {
        std::string path;  ///< relative to the context, or absolute; "" is "Dockerfile"
        bool operator==(const DockerfilePath&) const = default;
    };
    struct DockerfileText {
        std::string text;
        bool operator==(const DockerfileText&) const = default;
    };
    /// A folder of this machine, which is sent to the engine.
    struct Folder {
        std::string path;  ///< absolute
        std::variant<DockerfilePath, DockerfileText> dockerfile;
        bool operator==(const Folder&) const = default;
    };
    /// An address from which the engine itself fetches the context.
    struct Remote {
        std::string address;
        std::string dockerfile;  ///< in the context; "" is "Dockerfile"
        bool operator==(const Remote&) const = default;
    };
    using Context = std::variant<Folder, Remote>;
    Context context;
    std::map<std::string, std::string> arguments, labels;
    std::vector<std::string> tags;                     ///< additional names for the image
    std::vector<std::string> cache_from, extra_hosts;  ///< "host:ip"
    std::string target, network, isolation, platform;
    std::map<std::string, Ulimit> ulimits;
    std::optional<Bytes> shm_size;
    bool no_cache = false;
    bool pull = false;                ///< pull the base images first
    bool try_registry_first = false;  ///< the model names the image: try a registry before building
    bool operator==(const Build&) const = default;
};

/// A config or secret whose content comes with the settings; copied into the container before each start.
struct InjectedFile {
    std::string path;  ///< absolute, in the container
    Secret content;
    std::uint32_t mode = 0444;
    std::int64_t uid = 0, gid = 0;
    bool operator==(const InjectedFile&) const = default;
};

/// A command to run in a container after its start or before its stop.
struct Hook {
    std::vector<std::string> command;
    std::string user, working_dir;
    bool privileged = false;
    std::map<std::string, std::optional<std::string>> environment;
    bool operator==(const Hook&) const = default;
};

/// How a new version replaces the containers of a service (Compose: deploy.update_config). A version is new
/// if its settings or its image changed; drift is repaired without regard to this.
struct UpdateConfig {
    enum class Order { stop_first, start_first };
    enum class FailureAction { pause, proceed, rollback };
    /// start_first: the new container runs beside the old one until it has proven itself, where that is
    /// possible (model/side_by_side.hpp).
    Order order = Order::stop_first;
    unsigned parallelism = 1;                     ///< replicas replaced at the same time; 0: all
    std::chrono::seconds delay{0};                ///< after a new version has held, before the next replica
    std::optional<std::chrono::seconds> monitor;  ///< overrides ReconcilePolicy::monitor for this service
    /// What becomes of the other replicas when more than `max_failure_ratio` of all have failed. `rollback`:
    /// those that were replaced go back, too (reconcile/rollback.hpp).
    FailureAction failure_action = FailureAction::pause;
    float max_failure_ratio = 0;

    /// Whether the others go on although the new version has failed at that many of all replicas.
    bool tolerates(unsigned failed, unsigned all) const noexcept {
        return failed == 0 || failure_action == FailureAction::proceed ||
               static_cast<float>(failed) <= max_failure_ratio * static_cast<float>(all);
    }
    bool operator==(const UpdateConfig&) const = default;
};

/// Any container, for its volumes.
struct NamedContainer {
    std::string name;                 ///< or id
    std::optional<std::string> mode;  ///< "ro" or "rw", as written
    bool operator==(const NamedContainer&) const = default;
};
/// The container whose volumes are mounted too: the service's first one, or a named one.
using VolumesFrom = std::variant<ServiceName, NamedContainer>;

struct Service {
    ServiceName name;
    /// Common to all replicas. `labels` holds the user's labels and those of Compose that are the same for
    /// every replica (project, service, oneoff, config-hash, depends_on, version, working_dir, config_files);
    /// the planner adds container-number, image and, on a successor, replace.
    ContainerSpec container;
    std::optional<ContainerName> container_name;  ///< given in the model; else PROJECT-SERVICE-N
    unsigned scale = 1;
    std::optional<Build> build;
    PullPolicy pull_policy = PullPolicy::missing;
    std::chrono::seconds refresh_after{0};         ///< PullPolicy::refresh: pull an image again at this age
    std::optional<FollowedTag> followed;           ///< `container.image` is then an image's id
    bool restart_is_set = false;                   ///< the model sets restart, even to "no"
    std::map<ServiceName, Dependency> depends_on;  ///< implicit ones (links, network_mode) included
    /// network_mode: service:X, the service whose container shares its network. `container.network_mode` and
    /// `config_hash` are then "", because both need the id of X's container; see `hash_document`.
    std::optional<ServiceName> network_mode_service;
    std::optional<ServiceName> ipc_mode_service, pid_mode_service;  ///< the same for ipc and pid: service:X
    UpdateConfig update;
    /// What `update` becomes when former settings are put in force again (Compose: deploy.rollback_config);
    /// nullopt: it stays.
    std::optional<UpdateConfig> rollback;
    /// x-dockerextd.rollback: never: a new version is not rolled back once it has run, because its data would
    /// not be.
    bool never_rolls_back = false;
    std::vector<VolumesFrom> volumes_from;
    std::vector<InjectedFile> files;
    std::vector<Hook> post_start, pre_stop;
    /// Links to services of the model: alias → service ("db" or "db:database").
    std::map<std::string, ServiceName> links;
    /// The JSON whose SHA-256 is the config-hash label. Kept only if it still names services whose
    /// containers' ids must be filled in before hashing (compose-semantics: config-hash): "\u0001service:X"
    /// becomes "container:<id>", "\u0001X" becomes "<id>".
    std::string hash_document;
    std::string config_hash;
    bool operator==(const Service&) const = default;
};

struct NetworkSpec {
    NetworkName name;
    std::string key;        ///< its key in the model, "default" for the implicit one
    bool external = false;  ///< must exist; never created, changed or removed
    std::string driver;     ///< "" is the engine's default
    std::map<std::string, std::string> driver_options;
    std::string ipam_driver;
    std::vector<IpamPool> ipam_pools;
    bool internal = false;
    bool attachable = false;
    bool enable_ipv6 = false;
    std::optional<bool> enable_ipv4;            ///< Engine API 1.48
    std::map<std::string, std::string> labels;  ///< Compose's included
    bool operator==(const NetworkSpec&) const = default;
};

struct VolumeSpec {
    VolumeName name;
    std::string key;
    bool external = false;
    std::string driver;
    std::map<std::string, std::string> driver_options;
    std::map<std::string, std::string> labels;  ///< Compose's included
    bool exclusive = false;  ///< x-dockerextd.exclusive: of two containers of a service, only one may use it
    bool operator==(const VolumeSpec&) const = default;
};

/// What the Compose part of the settings asks for: complete, validated, canonical.
struct Project {
    ProjectName name;
    std::map<ServiceName, Service> services;      ///< the active ones
    std::set<ServiceName> inactive;               ///< switched off by a profile: left alone, not orphans
    std::map<NetworkName, NetworkSpec> networks;  ///< those that an active service uses
    std::map<VolumeName, VolumeSpec> volumes;     ///< those that an active service uses
    std::vector<std::string> warnings;            ///< for `validate`, such as unset variables
    bool operator==(const Project&) const = default;
};

/// The longest monitoring time that the settings or a service may ask for.
constexpr std::chrono::seconds longest_monitor = std::chrono::minutes(10);
/// The longest update_config.delay.
constexpr std::chrono::seconds longest_delay = std::chrono::hours(24);

/// When unused images that this daemon brought are removed (settings: reconcile.images).
struct ImagePolicy {
    std::optional<std::chrono::seconds> keep = std::chrono::days(7);  ///< unused; nullopt: for ever
    unsigned free_percent = 10;  ///< of the engine's disk; below that, none is kept
    bool operator==(const ImagePolicy&) const = default;
};

/// How drift is repaired (settings: reconcile).
struct ReconcilePolicy {
    std::chrono::seconds interval{300};  ///< between full checks when nothing happens
    /// How long a run that we started must last until it is proven, unless its service sets its own time.
    std::chrono::seconds monitor{10};
    /// How long a new container may take to become healthy, but never less than its health check allows.
    std::chrono::seconds rollout_deadline{300};
    bool repair = true;  ///< false: report drift, do not repair it
    bool restart_unhealthy = true;
    bool remove_orphans = true;  ///< containers of our project whose service left the settings
    /// When newer images are looked for and pulled; none: at any time.
    std::vector<UpdateWindow> update_windows;
    std::chrono::seconds minimum_image_age{0};  ///< of newer images; younger ones are not pulled yet
    ImagePolicy images;
    std::optional<bool> rollback;  ///< to the last good settings after failed rollouts; nullopt: not set
};

/// The whole desired state, a value built from settings alone.
struct Desired {
    Project project;
    ReconcilePolicy policy;
    Redactor redact;  ///< knows every protected value, also those of the previous settings
};

/// What is removed of a former project: one that left the settings or was taken `down`.
enum class RemovalScope { without_volumes, with_volumes };

}  // namespace dockerext::model
