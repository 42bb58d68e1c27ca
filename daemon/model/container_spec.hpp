#pragma once

#include "base/enum_names.hpp"
#include "model/limits.hpp"
#include "model/names.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace dockerext::model {

struct PortBinding {
    std::string host_ip;    ///< "" means every address
    std::string host_port;  ///< "8080", "5000-5010", or "" for one that the engine chooses
    auto operator<=>(const PortBinding&) const = default;
};

struct Mount {
    enum class Type { bind, volume, tmpfs, image };
    Type type = Type::volume;
    std::string source;  ///< host path, the engine's volume name, or an image; "" is an anonymous volume
    std::string target;  ///< identifies the mount within its container
    bool read_only = false;
    bool create_host_path = true;  ///< bind only: the engine makes a missing source
    bool no_copy = false;          ///< volume only
    std::string propagation;       ///< bind only: "", "rprivate", "rslave", …
    std::string selinux;           ///< bind only: "", "z" or "Z"
    std::string recursive;         ///< bind only: "", "enabled", "disabled", "writable", "readonly"
    std::string subpath;           ///< volume and image only
    std::map<std::string, std::string> volume_labels;
    std::optional<Bytes> tmpfs_size;          ///< tmpfs only
    std::optional<std::uint32_t> tmpfs_mode;  ///< tmpfs only
    bool operator==(const Mount&) const = default;
};
constexpr auto names_of(Mount::Type) {
    using enum Mount::Type;
    return enum_names<Mount::Type>({{bind, "bind"}, {volume, "volume"}, {tmpfs, "tmpfs"}, {image, "image"}});
}

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
    std::optional<std::int64_t> max_retries;  ///< on_failure only; absent: no limit
    bool operator==(const RestartPolicy&) const = default;
};
constexpr auto names_of(RestartPolicy::Kind) {
    using enum RestartPolicy::Kind;
    return enum_names<RestartPolicy::Kind>(
        {{no, "no"}, {always, "always"}, {unless_stopped, "unless-stopped"}, {on_failure, "on-failure"}});
}

struct Ulimit {
    Limit<std::int64_t> soft, hard;
    bool operator==(const Ulimit&) const = default;
};

/// A device of the host, or a folder, which stands for all devices in it.
struct Device {
    std::string host_path;
    std::string container_path;
    std::string permissions;  ///< any of "r", "w" and "m"
    auto operator<=>(const Device&) const = default;
};

/// Devices that a driver of the engine finds, such as GPUs.
struct DeviceRequest {
    struct All {
        bool operator==(const All&) const = default;
    };
    using Ids = std::vector<std::string>;
    using Which = std::variant<All, std::int64_t, Ids>;
    std::string driver;
    Which which;                            ///< all, that many, or these
    std::vector<std::string> capabilities;  ///< a device must have all of them
    std::map<std::string, std::string> options;
    bool operator==(const DeviceRequest&) const = default;
};

/// Limits for block devices, by the device's path.
struct BlockIo {
    std::optional<std::int64_t> weight;
    std::map<std::string, std::int64_t> device_weights;
    std::map<std::string, std::int64_t> read_bps, write_bps;    ///< bytes a second
    std::map<std::string, std::int64_t> read_iops, write_iops;  ///< operations a second
    bool operator==(const BlockIo&) const = default;
};

struct Logging {
    std::string driver;
    std::map<std::string, std::string> options;
    bool operator==(const Logging&) const = default;
};

struct IpamPool {
    std::string subnet, gateway, ip_range;
    std::map<std::string, std::string> aux_addresses;
    bool operator==(const IpamPool&) const = default;
};

/// A container's connection to one network. In a desired state `aliases` holds those that all replicas share
/// (the service's name and the user's); the planner adds the container's own name.
struct Endpoint {
    std::set<std::string> aliases;
    std::string ipv4_address;  ///< static; "" lets the engine choose
    std::string ipv6_address;
    std::set<std::string> link_local_ips;
    std::set<std::string> links;  ///< "container:alias"
    std::string mac_address;
    std::int64_t gateway_priority = 0;  ///< Engine API 1.48
    std::map<std::string, std::string> driver_options;
    bool has_ipam_config = false;  ///< the model gave an object: send an empty IPAMConfig, not null
    bool operator==(const Endpoint&) const = default;
};

/// A container as the Engine API describes it (1.40 and later, POST /containers/create), in both directions:
/// the request, and the result of an inspect. Absent optionals are left to image and engine.
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
    std::set<std::string> exposed_ports;                            ///< "80/tcp"; as Compose sends them
    std::map<std::string, std::vector<PortBinding>> port_bindings;  ///< the key is like "80/tcp"
    std::vector<Mount> mounts;                 ///< binds and mounts alike; one per target
    std::map<std::string, std::string> tmpfs;  ///< path → options
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
    MemoryLimit memory;
    MemoryLimit memory_swap;  ///< memory and swap together
    std::optional<NanoCpus> cpus;
    std::map<std::string, Ulimit> ulimits;
    std::map<std::string, std::string> sysctls;
    std::optional<Logging> logging;
    std::string runtime;
    std::string ipc_mode;
    std::string pid_mode;
    std::string uts_mode, userns_mode, cgroup_mode;
    std::string cgroup_parent;
    std::string isolation;
    std::string platform;     ///< "linux/arm64"; the image's, sent with the create request
    std::string mac_address;  ///< the first network's, for Engine API below 1.44
    std::map<std::string, std::string> annotations;
    std::map<std::string, std::string> storage_options;
    std::vector<std::string> group_add;
    std::vector<std::string> volumes_from;  ///< "container" or "container:ro"
    std::vector<Device> devices;
    std::vector<DeviceRequest> device_requests;
    std::vector<std::string> device_cgroup_rules;
    std::string cpuset;  ///< "0-1,3"
    std::optional<std::int64_t> cpu_shares;
    std::optional<Limit<std::chrono::microseconds>> cpu_quota;
    std::optional<std::chrono::microseconds> cpu_period, cpu_realtime_runtime, cpu_realtime_period;
    std::optional<std::int64_t> cpu_count, cpu_percent;  ///< ignored by Linux engines
    MemoryLimit memory_reservation;
    std::optional<std::int64_t> memory_swappiness;  ///< percent
    std::optional<Bytes> shm_size;
    std::optional<Limit<std::int64_t>> pids_limit;
    std::optional<std::int64_t> oom_score_adj;
    bool oom_kill_disable = false;
    BlockIo block_io;

    bool operator==(const ContainerSpec&) const = default;
};

}  // namespace dockerext::model
