#pragma once

#include "base/bound_port.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/tcp_address.hpp"
#include "engine/client.hpp"
#include "model/host.hpp"
#include "model/settings.hpp"
#include "model/swarm.hpp"
#include "systemd/unit_facts.hpp"

#include <sys/types.h>
#include <boost/asio/ip/network_v4.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What the probes found on the machine: a value, from which the checks derive their findings.
namespace dockerext::doctor {

/// A fact, or why it is not known.
template <typename T>
using Found = Result<T>;

/// Notes for each of the facts why it is not known.
template <typename... Ts>
void set_unknown(const Error& why, Found<Ts>&... facts) {
    ((facts = why), ...);
}

inline Error not_examined() { return {ErrorKind::unavailable, "not examined"}; }

/// What the daemon says of itself on its control socket.
struct DaemonStatus {
    std::string state;           ///< "converged", "degraded", …
    std::string settings_state;  ///< "accepted", "rejected", …
    std::vector<std::string> settings_errors;
    std::vector<std::string> problems;  ///< "web is failed: exited with 1"
};

struct DaemonFacts {
    Found<DaemonStatus> status = not_examined();
    Found<bool> runs_this_program = not_examined();  ///< the same file as the command's own program
    Found<pid_t> lock_holder = not_examined();       ///< 0: nobody
};

/// The daemon's files.
struct StateFacts {
    mode_t mode = 0700;                  ///< of the folder
    std::vector<std::string> leftovers;  ///< temporary files older than an hour
    unsigned waiting = 0;                ///< settings in the spool for more than five minutes
    WallTime last_change;                ///< of any of the files
};

/// The stored settings.
struct StoredSettings {
    bool exist = false;
    bool damaged = false;  ///< nothing of them can be read
    std::string warning;   ///< what was wrong with the file, and what was read instead
    std::vector<std::string> problems, warnings;
    model::DockerSettings docker;
    model::ProjectName project;
    std::set<std::string> services, container_names;
    std::string config_files;         ///< the label of our containers
    std::vector<std::string> images;  ///< those that a registry must have
    std::optional<model::SwarmSettings> swarm;
    bool has_unlock_key = false;  ///< of the swarm
};

struct EngineInfo {
    std::string storage_driver, data_root, backing_filesystem;
    bool supports_d_type = true;
    std::string cgroup_driver, cgroup_version, log_driver, architecture;
    bool is_ipv4_forwarding = true;
    std::string proxy;  ///< for registries
    std::vector<std::string> insecure_registries;
    std::vector<std::string> warnings, security_options;
    std::vector<std::string> address_pools;  ///< configured ones: "10.200.0.0/16"
};

struct ContainerFacts {
    std::string name, image, image_id, project, service, config_files;
    bool is_running = false;
    std::string log_driver;
    std::map<std::string, std::string> log_options;
};

struct NetworkFacts {
    std::string name, bridge;  ///< `bridge`: the name of its interface
    std::vector<std::string> subnets;
    std::string driver;  ///< "bridge", "macvlan", …
};

/// A file as far as its permissions go.
struct FilePermissions {
    mode_t mode = 0;
    uid_t user = 0;
    std::string group;  ///< its name, or number
};

struct EngineFacts {
    Found<engine::EngineVersion> version = not_examined();
    Found<EngineInfo> info = not_examined();
    Found<std::vector<ContainerFacts>> containers = not_examined();
    Found<std::vector<NetworkFacts>> networks = not_examined();
    /// By id of the project's images: "linux/amd64".
    Found<std::map<std::string, std::string>> image_platforms = not_examined();
    Found<FilePermissions> socket = not_examined();
    /// Of the running dockerd. Unknown if systemd holds its socket.
    Found<std::vector<std::string>> arguments = not_examined();
};

/// Whether managers of the swarm, other than this machine, accept a connection.
struct ManagerAnswers {
    std::vector<TcpAddress> asked, answering;
};

/// A port that a node of a swarm needs.
struct SwarmPort {
    /// manager: for nodes that join, and among managers. gossip: among all nodes. traffic: of overlay
    /// networks.
    enum class Use { manager, gossip, traffic };
    Use use = Use::manager;
    Port port;
    std::optional<PortHolder> holder;  ///< nullopt: nobody holds it
};

struct SwarmFacts {
    Found<model::ObservedSwarm> observed = not_examined();  ///< without `answering`
    Found<ManagerAnswers> managers = not_examined();
    Found<std::vector<SwarmPort>> ports = not_examined();
};

struct UnitFile {
    std::string path, text;
};

struct SystemdFacts {
    /// Why systemd cannot be asked; nullopt: it answers.
    std::optional<Error> away = not_examined();
    std::map<std::string, Found<systemd::UnitFacts>> units;
    UnitFile fragment;                                          ///< of dockerextd.service
    std::vector<UnitFile> drop_ins;                             ///< of dockerextd.service
    Found<std::vector<UnitFile>> admin_units = not_examined();  ///< services in /etc/systemd/system
    Found<model::ObservedHost> host = not_examined();
};

/// The space on a file system.
struct Space {
    std::uint64_t bytes_free = 0, bytes_total = 0;
    std::uint64_t inodes_free = 0, inodes_total = 0;  ///< total 0: it has no fixed number
    bool is_read_only = false;
    std::string type;  ///< "nfs", "tmpfs", "fuse", "cifs"; "" for any other
};

struct Route {
    std::string interface;
    asio::ip::network_v4 destination;
};

/// Share of the last minute in which something waited for the resource, in percent
/// (Documentation/accounting/psi).
struct Pressure {
    double cpu = 0, memory = 0, io = 0;
};

struct MachineFacts {
    std::string architecture;  ///< as the engine names it: "amd64"
    std::string state_folder;
    Found<Space> state_space = not_examined(), engine_space = not_examined(), run_space = not_examined();
    Found<Pressure> pressure = not_examined();
    Found<bool> is_forwarding = not_examined();
    Found<std::vector<Route>> routes = not_examined();
    Found<bool> has_iptables = not_examined();
    Found<std::vector<std::string>> nameservers = not_examined();
    Found<std::vector<std::string>> upstream_nameservers = not_examined();  ///< of systemd-resolved
    Found<bool> is_clock_synchronised = not_examined();
    Found<bool> has_certificate_authorities = not_examined();
    Found<std::vector<std::string>> docker_group = not_examined();  ///< its members
    Found<std::vector<std::string>> denials = not_examined();       ///< lines of the kernel, of the last day
};

struct RegistryFacts {
    std::string server;  ///< as a person names it
    Found<bool> resolves = not_examined();
    Found<unsigned> answer = not_examined();                   ///< the status of its answer
    Found<std::chrono::seconds> clock_ahead = not_examined();  ///< its clock minus ours
    std::optional<Found<bool>> login;                          ///< nullopt: none in the settings
};

/// A limit on processor time that a control group above us sets.
struct ProcessorLimit {
    std::string group;
    double processors = 0;
};

struct AzureFacts {
    Found<bool> is_azure = not_examined();
    Found<unsigned> metadata = not_examined();  ///< the status of its answer
    Found<unsigned> wire_server = not_examined();
    Found<std::optional<std::string>> status_folder = not_examined();  ///< nullopt: Azure sent no settings
    Found<bool> can_write_status = not_examined();
    Found<std::string> group = not_examined();  ///< the daemon's control group
    Found<std::optional<ProcessorLimit>> processor_limit = not_examined();
};

struct Facts {
    WallTime now;
    DaemonFacts daemon;
    Found<StateFacts> state = not_examined();
    Found<StoredSettings> settings = not_examined();
    EngineFacts engine;
    SwarmFacts swarm;
    SystemdFacts systemd;
    MachineFacts machine;
    std::vector<RegistryFacts> registries;
    std::optional<std::chrono::sys_seconds> certificate_end;  ///< of the engine's certificate
    AzureFacts azure;
};

}  // namespace dockerext::doctor
