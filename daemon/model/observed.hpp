#pragma once

#include "base/clock.hpp"
#include "base/disk_space.hpp"
#include "base/error.hpp"
#include "model/container_spec.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace dockerext::model {

using dockerext::WallTime;

enum class ContainerState { created, running, paused, restarting, removing, exited, dead };
constexpr auto names_of(ContainerState) {
    using enum ContainerState;
    return enum_names<ContainerState>({{created, "created"},
                                       {running, "running"},
                                       {paused, "paused"},
                                       {restarting, "restarting"},
                                       {removing, "removing"},
                                       {exited, "exited"},
                                       {dead, "dead"}});
}

enum class Health { none, starting, healthy, unhealthy };
constexpr auto names_of(Health) {
    using enum Health;
    return enum_names<Health>(
        {{none, "none"}, {starting, "starting"}, {healthy, "healthy"}, {unhealthy, "unhealthy"}});
}

/// The last run of a container's health check.
struct HealthCheckRun {
    int exit_code = 0;  ///< -1: it did not end in time
    std::string output;
    bool operator==(const HealthCheckRun&) const = default;
};

/// A container that carries our project's labels and is not a one-off.
struct ObservedContainer {
    ContainerId id;
    ContainerName name;
    Slot slot;  ///< from the labels service and container-number
    ContainerState state = ContainerState::created;
    Health health = Health::none;
    std::optional<HealthCheckRun> failed_check{};  ///< while it is unhealthy
    int exit_code = 0;
    bool out_of_memory = false;  ///< the kernel killed a process of its last run for lack of memory
    unsigned restart_count = 0;  ///< restarts by the engine's own policy since the last explicit start
    std::string error;           ///< State.Error: why the engine could not start it
    WallTime created_at, started_at, finished_at;  ///< the epoch if it never happened
    ImageId image_id;
    ContainerSpec spec;  ///< as inspected: image and engine defaults filled in, network links by name
    std::map<NetworkName, NetworkId> attached;
    bool operator==(const ObservedContainer&) const = default;
};

/// "3", "127: its command was not found": an exit code and what it usually means.
std::string exit_code_text(int code);
/// The same of the container's last run, which may have been out of memory.
std::string exit_code_text(const ObservedContainer& container);

/// A container whose namespaces another container shares or is to share.
struct NamespaceOwner {
    ContainerId id;
    ContainerName name;
    bool running = false;
    WallTime started_at;
    bool operator==(const NamespaceOwner&) const = default;
};

/// What an image provides to its containers.
struct ObservedImage {
    ImageId id;
    std::set<std::string> digests;  ///< "sha256:…" of the manifests by which registries know it
    std::optional<std::vector<std::string>> command, entrypoint;
    std::map<std::string, std::optional<std::string>> environment;
    std::map<std::string, std::string> labels;
    std::set<std::string> exposed_ports;
    std::set<std::string> volumes;
    std::string user, working_dir, stop_signal;
    std::optional<Healthcheck> healthcheck;
    std::string platform;  ///< "linux/amd64", "linux/arm64/v8"
    WallTime tagged_at;    ///< when the reference last became this image
    bool operator==(const ObservedImage&) const = default;
};

/// An image in the engine's list of all images.
struct ListedImage {
    std::set<std::string> tags, digests;  ///< as the engine writes them: "nginx:latest", "nginx@sha256:…"
    Bytes size;                           ///< including layers that other images share
    bool operator==(const ListedImage&) const = default;
};

struct ObservedNetwork {
    NetworkId id;
    NetworkName name;
    std::map<std::string, std::string> labels;
    std::string driver;
    std::map<std::string, std::string> driver_options;
    std::string ipam_driver;
    std::vector<IpamPool> ipam_pools;
    bool internal = false, attachable = false, enable_ipv6 = false;
    /// Names of the connected containers outside our project, running or not. Removing the network would
    /// disconnect them.
    std::set<std::string> foreign_containers;
    /// Other networks of the project with the same name, which no container uses. While there are any, the
    /// engine connects no container by that name.
    std::set<NetworkId> unused_duplicates;
    bool operator==(const ObservedNetwork&) const = default;
};

struct ObservedVolume {
    VolumeName name;
    std::map<std::string, std::string> labels;
    std::string driver;
    std::map<std::string, std::string> driver_options;
    bool operator==(const ObservedVolume&) const = default;
};

/// The engine's version and defaults, from its /version and /info.
struct EngineFacts {
    std::string version;  ///< "20.10.24"
    int api_major = 1;    ///< of the negotiated API version
    int api_minor = 40;
    std::string default_log_driver = "json-file";
    std::string default_runtime = "runc";
    std::string root_folder;  ///< where it keeps images; "" if that is not known
    bool operator==(const EngineFacts&) const = default;
};

/// Why the state of an object is unknown: it is not known whether the object exists.
struct Unknown {
    Error error;     ///< the engine's answer, or its timeout
    WallTime since;  ///< the first such answer in a row
};

/// A snapshot of what the planner may need to know; everything in it was true at some moment of one cycle.
struct Observed {
    WallTime at;  ///< when the snapshot was taken
    EngineFacts engine;
    std::map<ContainerId, ObservedContainer> containers;  ///< of our project
    /// Objects about which the engine reports nothing, or nothing readable: our containers by their slot,
    /// images, networks and volumes; `every(kind)` if it does not list that kind, `engine_facts()` for the
    /// engine itself.
    std::map<Subject, Unknown> unknown;
    std::map<ContainerName, ContainerId> foreign_names;  ///< names that we want but foreign containers have
    /// Owners of namespaces outside our project, by the name or id in the mode (model/joining.hpp).
    std::map<std::string, NamespaceOwner> owners;
    std::map<ImageRef, ObservedImage> images;  ///< wanted ones that are present
    /// Every image of the engine, except nameless ones that others are made from; nullopt if not asked for.
    std::optional<std::map<ImageId, ListedImage>> listed_images;
    std::set<ImageId> image_users;  ///< the images of everybody's containers
    std::optional<DiskSpace> disk;  ///< of the engine's root folder, as of the last look at images
    std::map<NetworkName, ObservedNetwork> networks;  ///< all of our project, and wanted ones that exist
    std::map<VolumeName, ObservedVolume> volumes;     ///< wanted ones that exist
};

/// Why `subject`, or all of its kind, is unknown; null if it is known. Without the engine's facts every
/// container is unknown, because the engine's defaults decide whether it has drifted.
const Unknown* unknown_of(const Observed& observed, const Subject& subject);
/// The container whose id begins so; null if there is none. `prefix` is long enough to be of one container
/// only.
const ObservedContainer* find_container(const Observed& observed, const std::string& prefix);
/// Whether every object of the kind is known to exist or to be absent.
bool all_known(Subject::Kind kind, const Observed& observed);

}  // namespace dockerext::model
