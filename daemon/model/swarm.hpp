#pragma once

#include "base/clock.hpp"
#include "base/enum_names.hpp"
#include "base/machine_addresses.hpp"
#include "base/secret.hpp"
#include "base/tcp_address.hpp"
#include "model/history.hpp"
#include "model/names.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// This machine's place in a Docker Swarm: what the settings ask for, what exists, and what we remember.
namespace dockerext::model {

enum class SwarmRole { manager, worker };
constexpr auto names_of(SwarmRole) {
    using enum SwarmRole;
    return enum_names<SwarmRole>({{manager, "manager"}, {worker, "worker"}});
}

/// Whether a node gets tasks. pause: it keeps those it has. drain: its tasks go to other nodes.
enum class NodeAvailability { active, pause, drain };
constexpr auto names_of(NodeAvailability) {
    using enum NodeAvailability;
    return enum_names<NodeAvailability>({{active, "active"}, {pause, "pause"}, {drain, "drain"}});
}

/// The member `swarm` of the public document.
struct SwarmSettings {
    static constexpr std::uint16_t default_port = 2377;

    std::optional<SwarmRole> role;  ///< nullopt: manager if one of `managers` is an address of this machine
    std::vector<TcpAddress> managers;  ///< where managers accept joins; the first founds the swarm
    std::string advertise = "auto";    ///< "auto", an IP address, or an interface
    std::string data_path;             ///< IP address or interface for overlay traffic; "": as `advertise`
    std::optional<std::uint16_t> data_path_port;  ///< UDP; nullopt: 4789
    std::optional<TcpAddress> listen;             ///< nullopt: all addresses, port 2377
    std::map<std::string, std::string> labels;    ///< of this node
    NodeAvailability availability = NodeAvailability::active;
    bool autolock = false;
    std::vector<std::string> address_pools;            ///< "10.20.0.0/16": of overlay networks
    std::optional<std::uint32_t> subnet_size;          ///< prefix length of each network from a pool
    std::optional<std::int64_t> task_history;          ///< ended tasks kept per slot; nullopt: as it is
    std::optional<std::chrono::seconds> forget_after;  ///< nodes that are down for longer are removed
    bool leave = false;                                ///< at uninstallation, the machine leaves the swarm
    bool scheduled_events = false;  ///< before Azure takes the machine away, it leaves the swarm
    bool operator==(const SwarmSettings&) const = default;
};

/// The member `swarm` of the protected document. Absent secrets are empty.
struct SwarmAccess {
    Secret worker_token, manager_token, unlock_key;
    std::string
        manager_engine;  ///< the version of the leader's engine, as `swarm tokens` printed it; "" unknown
};

/// Whether this machine is about to go for good, and therefore leaves its swarm.
struct Departure {
    bool is_known = true;  ///< false: Azure has not answered yet
    std::string reason;    ///< "Azure is about to terminate this machine"; "" if it stays
    bool operator==(const Departure&) const = default;
};

struct SwarmDesired {
    SwarmSettings settings;
    SwarmAccess access;
    Departure departure{};
};

/// LocalNodeState of GET /info.
enum class LocalNodeState { inactive, pending, active, error, locked };
constexpr auto names_of(LocalNodeState) {
    using enum LocalNodeState;
    return enum_names<LocalNodeState>({{inactive, "inactive"},
                                       {pending, "pending"},
                                       {active, "active"},
                                       {error, "error"},
                                       {locked, "locked"}});
}

/// Status.State of a node.
enum class NodeState { unknown, down, ready, disconnected };
constexpr auto names_of(NodeState) {
    using enum NodeState;
    return enum_names<NodeState>(
        {{unknown, "unknown"}, {down, "down"}, {ready, "ready"}, {disconnected, "disconnected"}});
}

/// A node as GET /nodes of a manager lists it.
struct ObservedNode {
    std::string id;
    std::uint64_t version = 0;  ///< Version.Index; an update must name it
    std::string hostname, address, engine_version;
    SwarmRole role = SwarmRole::worker;  ///< Spec.Role: the wish; `manager_address` says what it is
    NodeAvailability availability = NodeAvailability::active;
    std::map<std::string, std::string> labels;  ///< Spec.Labels
    NodeState state = NodeState::unknown;
    std::string message;          ///< Status.Message, such as "heartbeat failure"
    std::string manager_address;  ///< ManagerStatus.Addr, "10.0.0.4:2377"; "" for a worker
    bool reachable = false;       ///< ManagerStatus.Reachability is "reachable"
    bool leader = false;
    WallTime created_at{};
    bool operator==(const ObservedNode&) const = default;
};

/// Swarm.Cluster of a manager's GET /info.
struct ObservedCluster {
    std::string id;
    std::uint64_t version = 0;
    bool autolock = false;
    std::int64_t task_history = 5;
    std::vector<std::string> address_pools;
    std::uint32_t subnet_size = 0;
    /// Of its root certificate, in the form in which a join token contains it (SWMTKN-1-DIGEST-SECRET); ""
    /// while the certificate is being rotated.
    std::string ca_digest;
    bool operator==(const ObservedCluster&) const = default;
};

/// VXLAN needs a primary one.
using dockerext::MachineAddress;

struct ObservedSwarm {
    LocalNodeState state = LocalNodeState::inactive;
    std::string node_id, node_address;
    bool manager = false;  ///< ControlAvailable; stays true without a quorum
    std::string error;     ///< Swarm.Error
    std::string engine_version;
    bool live_restore = false;
    std::vector<std::string> remote_managers;        ///< "10.0.0.4:2377"
    std::optional<ObservedCluster> cluster;          ///< of a manager
    std::optional<std::vector<ObservedNode>> nodes;  ///< nullopt: not a manager, or see `nodes_error`
    std::string nodes_error;  ///< why the manager cannot list them: no quorum, no leader yet
    std::vector<MachineAddress> addresses;
    std::string source_address;  ///< the one that packets to the managers leave from; "" unknown
    /// Those of SwarmSettings::managers that accept a connection; asked only while the machine is in no
    /// swarm, or cannot list its nodes.
    std::vector<TcpAddress> answering;
    bool operator==(const ObservedSwarm&) const = default;
};

/// What must outlive the daemon. On disk before a step that depends on it; holds no secret.
struct SwarmRecord {
    /// init, join: begun, and not seen to have ended.
    enum class Doing { nothing, init, join };
    std::string cluster;      ///< id of the swarm that this machine belongs to; "" unknown, as on a worker
    std::string node;         ///< id of this node in it; "" if this machine was never a member through us
    bool had_tokens = false;  ///< once true, no swarm is ever initialised here
    Doing doing = Doing::nothing;
    std::optional<WallTime> doing_since;
    bool has_departed = false;                   ///< it has left, or begun to, for a Departure
    std::set<std::string> labels;                ///< keys of node labels that we have set
    std::map<std::string, WallTime> down_since;  ///< by node id, as the leader has seen it
    ProjectName stack;           ///< that this manager keeps, or that is to be removed; "" for none
    bool is_stack_down = false;  ///< `down`: it is to be removed, and then this record
    /// By the name of a service: a digest of the spec to which this daemon has updated it last.
    std::map<std::string, std::string> attempts;
    std::map<std::string, std::string> logins;  ///< StackDesired::logins that services were given last
    bool operator==(const SwarmRecord&) const = default;
};
constexpr auto names_of(SwarmRecord::Doing) {
    using enum SwarmRecord::Doing;
    return enum_names<SwarmRecord::Doing>({{nothing, "nothing"}, {init, "init"}, {join, "join"}});
}

/// What the planner knows of the past.
struct SwarmHistory {
    SwarmRecord record;
    std::map<Subject, FailureRecord> failure_records;
    /// Since the machine was last a member or got new settings: joins that failed, and looks at which no
    /// manager answered. With `seed`, the order of managers to ask, and how long to wait if none answers.
    unsigned attempts = 0;
    std::uint64_t seed = 0;
    std::set<std::string> just_changed;  ///< services of the stack: SwarmKit has not told yet what it does
    bool key_refused = false;            ///< the engine has refused the unlock key of the present settings
};

}  // namespace dockerext::model
