#pragma once

#include "model/names.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dockerext::model {

/// A count of bytes; what the engine takes and gives.
struct Bytes {
    std::int64_t count = 0;
    auto operator<=>(const Bytes&) const = default;
};

struct PortBinding {
    std::string host_ip;    ///< "" means every address
    std::string host_port;  ///< "8080", "5000-5010", or "" for one that the engine chooses
    auto operator<=>(const PortBinding&) const = default;
};

struct Mount {
    enum class Type { bind, volume, tmpfs };
    Type type = Type::volume;
    std::string source;  ///< host path, or the engine's volume name; "" is an anonymous volume
    std::string target;  ///< the identity of a mount within its container
    bool read_only = false;
    bool create_host_path = true;  ///< bind only: the engine makes a missing source
    bool no_copy = false;          ///< volume only
    std::string propagation;       ///< bind only: "", "rprivate", "rslave", …
    std::string selinux;           ///< bind only: "", "z" or "Z"
    Bytes tmpfs_size;
    std::uint32_t tmpfs_mode = 0;
    bool operator==(const Mount&) const = default;
};

/// Absent members come from the image, then from the engine.
struct Healthcheck {
    std::vector<std::string> test;  ///< {"NONE"} switches the image's check off
    std::optional<std::chrono::nanoseconds> interval, timeout, start_period, start_interval;
    std::optional<int> retries;
    bool operator==(const Healthcheck&) const = default;
};

struct RestartPolicy {
    enum class Kind { no, always, unless_stopped, on_failure };
    Kind kind = Kind::no;
    int max_retries = 0;  ///< on_failure only; 0 means no limit
    bool operator==(const RestartPolicy&) const = default;
};

struct Ulimit {
    std::int64_t soft = 0;
    std::int64_t hard = 0;
    bool operator==(const Ulimit&) const = default;
};

struct Logging {
    std::string driver;
    std::map<std::string, std::string> options;
    bool operator==(const Logging&) const = default;
};

/// How a container sits on one network. In a desired state `aliases` holds what all replicas share (the service's
/// name and the user's); the planner adds the container's own name.
struct Endpoint {
    std::set<std::string> aliases;
    std::string ipv4_address;  ///< static; "" lets the engine choose
    std::string ipv6_address;
    std::set<std::string> link_local_ips;
    std::set<std::string> links;  ///< "container:alias"
    bool addressed = false;       ///< the model gave an object: an empty IPAMConfig is sent, not null
    bool operator==(const Endpoint&) const = default;
};

/// A container as the Engine API speaks of it (1.40 and later, POST /containers/create), in both
/// directions: what is asked for, and what an inspect tells. Absent optionals are left to image and engine.
struct ContainerSpec {
    ImageRef image;
    std::optional<std::vector<std::string>> command;
    std::optional<std::vector<std::string>> entrypoint;
    std::map<std::string, std::optional<std::string>> environment;  ///< nullopt unsets the image's variable
    std::map<std::string, std::string> labels;
    std::string hostname;
    std::string domainname;
    std::string user;
    std::string working_dir;
    std::string stop_signal;
    std::optional<std::chrono::seconds> stop_timeout;
    std::optional<Healthcheck> healthcheck;
    std::set<std::string> exposed_ports;                         ///< "80/tcp"; as Compose sends them
    std::map<std::string, std::vector<PortBinding>> port_bindings;  ///< by "80/tcp"
    std::vector<Mount> mounts;                                   ///< binds and mounts alike; one a target
    std::map<std::string, std::string> tmpfs;                    ///< path → options
    RestartPolicy restart;
    std::string network_mode;  ///< "host", "none", "container:ID", or the name of the first of `networks`
    std::map<NetworkName, Endpoint> networks;  ///< empty with host, none and container:
    std::vector<std::string> links;            ///< "container:alias"
    std::vector<std::string> dns, dns_search, dns_options;
    std::vector<std::string> extra_hosts;  ///< "host:ip"
    std::vector<std::string> security_opt;
    std::set<std::string> cap_add, cap_drop;  ///< upper case with CAP_, or ALL
    bool privileged = false;
    bool read_only = false;
    std::optional<bool> init;
    bool tty = false;
    bool open_stdin = false;
    Bytes memory;
    Bytes memory_swap;  ///< memory and swap together; -1 is unlimited, 0 the engine's default
    std::int64_t nano_cpus = 0;  ///< 1e-9 of a CPU
    std::map<std::string, Ulimit> ulimits;
    std::map<std::string, std::string> sysctls;
    std::optional<Logging> logging;
    std::string runtime;
    std::string ipc_mode;
    std::string pid_mode;

    bool operator==(const ContainerSpec&) const = default;
};

}  // namespace dockerext::model
