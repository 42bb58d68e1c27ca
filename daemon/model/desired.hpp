#pragma once

#include "base/redactor.hpp"
#include "base/secret.hpp"
#include "model/container_spec.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
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
    bool restart = false;  ///< the dependent is restarted when the dependency was recreated
    bool operator==(const Dependency&) const = default;
};

enum class PullPolicy { missing, always, never, refresh, build };

/// How an image is made by the engine's own builder (POST /build, the classic one).
struct Build {
    std::string folder;             ///< the context: an absolute path; "" when it is `remote`
    std::string remote;             ///< an address that the engine itself fetches the context from
    std::string dockerfile;         ///< relative to the context, or absolute
    std::string dockerfile_inline;  ///< in its place, when not ""
    std::map<std::string, std::string> arguments, labels;
    std::vector<std::string> tags;                     ///< names that the image gets besides
    std::vector<std::string> cache_from, extra_hosts;  ///< "host:ip"
    std::string target, network, isolation, platform;
    std::map<std::string, Ulimit> ulimits;
    Bytes shm_size;
    bool no_cache = false;
    bool pull = false;         ///< the images it is made from are pulled first
    bool in_registry = false;  ///< the model names the image: a registry is asked for it first
    bool operator==(const Build&) const = default;
};

/// A config or secret whose content comes with the settings: put into the container before each start.
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

/// A container whose volumes are mounted as well: of a service, or any by its name.
struct VolumesFrom {
    std::optional<ServiceName> service;
    std::string container;  ///< when no service
    bool operator==(const VolumesFrom&) const = default;
};

struct Service {
    ServiceName name;
    /// Common to all replicas. Labels hold the user's and those of Compose that are the same for every
    /// replica (project, service, oneoff, config-hash, depends_on, version, working_dir, config_files);
    /// the planner adds container-number, image and, on a successor, replace.
    ContainerSpec container;
    std::optional<ContainerName> container_name;  ///< given in the model; else PROJECT-SERVICE-N
    unsigned scale = 1;
    std::optional<Build> build;
    PullPolicy pull_policy = PullPolicy::missing;
    std::chrono::seconds refresh_after{
        0};                      ///< PullPolicy::refresh: the age at which an image is pulled again
    bool restart_given = false;  ///< the model says something about restart, be it "no"
    std::map<ServiceName, Dependency> depends_on;  ///< implicit ones (links, network_mode) included
    /// network_mode: service:X — the container of X to share the network with. `container.network_mode`
    /// is then "" and config_hash too: both need X's id, see `hash_document`.
    std::optional<ServiceName> network_of;
    std::optional<ServiceName> ipc_of, pid_of;  ///< the same for ipc and pid: service:X
    /// deploy.update_config.monitor; for this service in place of ReconcilePolicy::monitor.
    std::optional<std::chrono::seconds> monitor;
    std::vector<VolumesFrom> volumes_from;
    std::vector<InjectedFile> files;
    std::vector<Hook> post_start, pre_stop;
    /// Links to services of the model: alias → service ("db" or "db:database").
    std::map<std::string, ServiceName> links;
    /// The JSON whose SHA-256 is the config-hash label; kept only where it still names services whose
    /// containers take their place before hashing (compose-semantics: config-hash): "\u0001service:X" becomes
    /// "container:<id>",
    /// "\u0001X" becomes "<id>".
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
    bool operator==(const VolumeSpec&) const = default;
};

/// What the Compose part of the settings asks for: complete, validated, canonical.
struct Project {
    ProjectName name;
    std::map<ServiceName, Service> services;      ///< the active ones
    std::set<ServiceName> inactive;               ///< switched off by a profile: left alone, not orphans
    std::map<NetworkName, NetworkSpec> networks;  ///< those that an active service uses
    std::map<VolumeName, VolumeSpec> volumes;     ///< those that an active service uses
    std::vector<std::string> warnings;            ///< for `validate`: unset variables and the like
    bool operator==(const Project&) const = default;
};

/// The longest that a run may be monitored for, by the settings or by a service's own word.
constexpr std::chrono::seconds longest_monitor = std::chrono::minutes(10);

/// How eagerly drift is put right (settings: reconcile).
struct ReconcilePolicy {
    std::chrono::seconds interval{300};  ///< between full checks when nothing happens
    /// For how long a run of ours has to last before it counts as one, where its service says nothing else.
    std::chrono::seconds monitor{10};
    bool repair = true;  ///< false: drift is reported, not put right
    bool restart_unhealthy = true;
    bool remove_orphans = true;    ///< containers of our project whose service left the settings
    std::optional<bool> rollback;  ///< to the last good settings after failed rollouts; none: not said
};

/// The whole desired state, a value built from settings alone.
struct Desired {
    Project project;
    ReconcilePolicy policy;
    Redactor redact;  ///< knows every protected value, and those of the settings before
};

/// What goes of a project that is leaving: it has left the settings, or was taken `down`.
enum class Extent { without_volumes, with_volumes };

}  // namespace dockerext::model
