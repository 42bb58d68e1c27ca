#pragma once

#include "base/clock.hpp"
#include "base/enum_names.hpp"
#include "base/secret.hpp"
#include "model/desired.hpp"
#include "model/names.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// A Compose model that runs as a stack of a Docker Swarm: what the settings ask for, and what exists.
/// Objects have the names and labels that `docker stack deploy` gives them.
namespace dockerext::model {

/// The labels of docker's own command for stacks.
namespace labels {
inline constexpr std::string_view stack = "com.docker.stack.namespace";    ///< on every object of a stack
inline constexpr std::string_view stack_image = "com.docker.stack.image";  ///< a service's image, as written
/// Our own, on configs and secrets whose content we have put there: a digest that shows whether that is up to
/// date. The engine never shows the content of a secret.
inline constexpr std::string_view content = "dockerextd.content";
}  // namespace labels

/// What SwarmKit stores and gives to tasks as a file.
enum class StackFileKind { config, secret };
constexpr auto names_of(StackFileKind) {
    using enum StackFileKind;
    return enum_names<StackFileKind>({{config, "config"}, {secret, "secret"}});
}

/// A config or secret of the model.
struct StackFile {
    StackFileKind kind = StackFileKind::config;
    std::string name;       ///< the engine's, "demo_app"; with other content, one derived from it
    bool external = false;  ///< must exist; never created or removed
    Secret content;
    std::map<std::string, std::string> labels;  ///< with that of the stack
    std::string template_driver;                ///< "golang", or ""
    bool operator==(const StackFile&) const = default;
};

/// A service's use of a config or secret.
struct StackFileUse {
    StackFileKind kind = StackFileKind::config;
    std::string name;    ///< StackFile::name
    std::string target;  ///< the name of the file, as the engine wants it: a path, or one below /run/secrets
    std::string uid, gid;
    std::uint32_t mode = 0444;
    bool operator==(const StackFileUse&) const = default;
};

struct StackService {
    std::string name;  ///< in the engine: "demo_web"
    ImageRef image;    ///< as written
    /// ServiceSpec of the Engine API as JSON, with everything that `docker stack deploy` sends: networks by
    /// their names, the image as written, and no configs and secrets, which are in `files`.
    std::string spec;
    std::vector<StackFileUse> files;  ///< in the order of the request
    bool operator==(const StackService&) const = default;
};

struct Stack {
    ProjectName name;
    std::map<ServiceName, StackService> services;
    std::map<NetworkName, NetworkSpec> networks;  ///< those that a service uses
    std::vector<StackFile> files;                 ///< those that a service uses
    bool operator==(const Stack&) const = default;
};

/// What the settings in force ask of stacks.
struct StackDesired {
    std::optional<Stack> stack;  ///< nullopt or without services: what exists is left alone, unless `leaves`
    bool leaves = false;         ///< the services run as containers of this machine instead
    /// By the name of a service in the swarm: a digest of the login for its image. Others have none, or one
    /// that changes every few hours (an Azure identity's).
    std::map<std::string, std::string> logins;
};

/// UpdateStatus.State of a service; `none` if it was never updated.
enum class ServiceUpdate {
    none,
    updating,
    paused,
    completed,
    rollback_started,
    rollback_paused,
    rollback_completed
};
constexpr auto names_of(ServiceUpdate) {
    using enum ServiceUpdate;
    return enum_names<ServiceUpdate>({{none, ""},
                                      {updating, "updating"},
                                      {paused, "paused"},
                                      {completed, "completed"},
                                      {rollback_started, "rollback_started"},
                                      {rollback_paused, "rollback_paused"},
                                      {rollback_completed, "rollback_completed"}});
}

/// A task that does not run, although it should.
struct TaskProblem {
    std::string node;   ///< id; "" if it has none yet
    std::string state;  ///< "pending", "rejected", "failed", "preparing", …
    std::string error;  ///< Status.Err: "no suitable node (insufficient resources on 2 nodes)"
    bool operator==(const TaskProblem&) const = default;
};

struct ObservedStackService {
    std::string id, name;
    std::uint64_t version = 0;  ///< Version.Index; an update must name it
    std::string spec;           ///< Spec as JSON, networks by their ids
    ServiceUpdate update = ServiceUpdate::none;
    std::string update_message;
    unsigned running = 0, wanted = 0, completed = 0;  ///< ServiceStatus, in tasks
    /// Of tasks that should run: the newest of each slot or node. Asked for only if fewer run than wanted.
    std::vector<TaskProblem> problems;
    bool operator==(const ObservedStackService&) const = default;
};

struct ObservedStackFile {
    StackFileKind kind = StackFileKind::config;
    std::string id, name;
    std::map<std::string, std::string> labels;
    std::optional<std::string> data;  ///< of a config
    bool operator==(const ObservedStackFile&) const = default;
};

/// A network whose scope is the swarm.
struct ObservedStackNetwork {
    NetworkId id;
    NetworkSpec spec;  ///< with the label of its stack, if it has one
    bool operator==(const ObservedStackNetwork&) const = default;
};

struct ObservedStack {
    std::map<std::string, ObservedStackService> services;  ///< of this stack, by name
    std::vector<ObservedStackFile> files;                  ///< all of the swarm
    std::vector<ObservedStackNetwork> networks;            ///< all of the swarm
    /// Of this machine alone, by name: the Compose project that it belongs to, or "".
    std::map<NetworkName, ProjectName> local_networks;
    bool operator==(const ObservedStack&) const = default;
};

}  // namespace dockerext::model
