#pragma once

#include "compose/deploy.hpp"
#include "model/desired.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Compose's own fully resolved model of a service. Its members are those of the config-hash.
namespace dockerext::compose {

/// command and entrypoint: without a value, the image's is used; an empty list overrides it.
struct Command {
    std::optional<std::vector<std::string>> words;
};

struct Port {
    std::string name;
    std::string mode = "ingress";
    std::string host_ip;
    std::int64_t target = 0;
    std::string published;  ///< "8080", "8080-8090" or ""
    std::string protocol = "tcp";
    std::string app_protocol;
};

struct BindOptions {
    std::string selinux;
    std::string propagation;
    bool create_host_path = false;
    std::string recursive;
};
struct VolumeOptions {
    StringMap labels;
    bool nocopy = false;
    std::string subpath;
};
struct ImageOptions {
    std::string subpath;
};
struct TmpfsOptions {
    model::Bytes size;
    std::int64_t mode = 0;
};
struct Mount {
    std::string type;
    std::string source;  ///< an absolute path, or a key of the top-level volumes
    std::string target;
    bool read_only = false;
    std::string consistency;  ///< has no effect on Linux
    std::optional<BindOptions> bind;
    std::optional<VolumeOptions> volume;
    std::optional<TmpfsOptions> tmpfs;
    std::optional<ImageOptions> image;
    std::string pointer;
};

struct Attachment {
    bool given = false;  ///< written as a map, even an empty one; not as null or in a list
    std::vector<std::string> aliases;
    StringMap driver_opts;
    std::int64_t gw_priority = 0;
    std::string interface_name;
    std::string ipv4_address;
    std::string ipv6_address;
    std::vector<std::string> link_local_ips;
    std::string mac_address;
    std::int64_t priority = 0;
    std::string pointer;
};

struct Healthcheck {
    std::vector<std::string> test;
    OptionalDuration timeout, interval;
    std::optional<std::int64_t> retries;
    OptionalDuration start_period, start_interval;
    bool disable = false;
};

struct Logging {
    std::string driver;
    StringMap options;
};

/// Written as one number or as a pair.
struct Ulimit {
    std::int64_t single = 0;
    std::int64_t soft = 0;
    std::int64_t hard = 0;
};

struct WeightDevice {
    std::string path;
    std::int64_t weight = 0;
};
struct ThrottleDevice {
    std::string path;
    model::Bytes rate;  ///< or operations per second
};
struct BlkioConfig {
    std::int64_t weight = 0;
    std::vector<WeightDevice> weight_device;
    std::vector<ThrottleDevice> device_read_bps, device_read_iops, device_write_bps, device_write_iops;
};

struct DeviceMapping {
    std::string source, target, permissions;
};

/// A service's reference to a config or secret.
struct FileReference {
    std::string source, target, uid, gid;
    std::optional<std::int64_t> mode;
    std::string pointer;
};

struct CredentialSpec {
    std::string config, file, registry;
};

struct Hook {
    Command command;
    std::string user;
    bool privileged = false;
    std::string working_dir;
    OptionalStringMap environment;
};

/// A rule of `docker compose watch`.
struct Trigger {
    std::string path, action, target;
    Hook exec;
    std::vector<std::string> include, ignore;
    bool initial_sync = false;
};
struct Develop {
    std::vector<Trigger> watch;
};

struct Build {
    std::string context = ".";
    std::string dockerfile, dockerfile_inline;
    OptionalStringMap args;
    StringMap labels;
    std::vector<std::string> cache_from, extra_hosts, platforms, tags;
    std::string isolation, network, target;
    std::map<std::string, Ulimit> ulimits;
    model::Bytes shm_size;
    bool no_cache = false, pull = false;
    std::string pointer;
};

struct Dependency {
    model::DependencyCondition condition = model::DependencyCondition::started;
    bool restart = false;
    bool required = true;
    std::string pointer;
};

/// A file that env_file or label_file names.
struct EnvFileEntry {
    std::string path;
    bool required = true;
    bool raw = false;  ///< taken literally, without quotes and variables
    std::string pointer;
};

struct Service {
    std::string name;
    std::string pointer;

    StringMap annotations;
    std::optional<bool> attach;
    std::optional<BlkioConfig> blkio_config;
    std::optional<Build> build;
    std::vector<std::string> cap_add, cap_drop;
    std::string cgroup, cgroup_parent;
    Command command, entrypoint;
    std::vector<FileReference> configs, secrets;
    std::string container_name;
    std::int64_t cpu_count = 0, cpu_period = 0, cpu_quota = 0, cpu_rt_period = 0, cpu_rt_runtime = 0,
                 cpu_shares = 0;
    float cpu_percent = 0;
    float cpus = 0;
    std::string cpuset;
    std::optional<CredentialSpec> credential_spec;
    std::optional<Deploy> deploy;
    std::optional<Develop> develop;
    std::vector<std::string> device_cgroup_rules;
    std::vector<DeviceMapping> devices;
    std::vector<std::string> external_links;
    std::vector<DeviceRequest> gpus;
    std::vector<std::string> group_add;
    std::string isolation;
    std::string mac_address;
    model::Bytes mem_reservation, mem_swappiness, shm_size;
    bool oom_kill_disable = false;
    std::int64_t oom_score_adj = 0, pids_limit = 0;
    std::string platform;
    StringMap storage_opt;
    std::string userns_mode, uts;
    std::vector<model::VolumesFrom> volumes_from;
    std::map<std::string, Dependency> depends_on;
    std::vector<std::string> dns, dns_opt, dns_search;
    std::string domainname;
    std::vector<EnvFileEntry> env_files;
    OptionalStringMap environment;
    std::vector<std::string> expose;
    std::vector<std::string> extra_hosts;  ///< "host=ip", sorted
    std::string hostname;
    std::optional<Healthcheck> healthcheck;
    std::string image;
    std::optional<bool> init;
    std::string ipc;
    std::vector<EnvFileEntry> label_files;
    StringMap labels;
    std::vector<std::string> links;
    std::optional<Logging> logging;
    model::Bytes mem_limit, memswap_limit;
    std::optional<std::string> network_mode;
    std::map<std::string, Attachment> networks;
    std::string pid;
    std::vector<Port> ports;
    std::vector<Hook> post_start, pre_stop;
    bool privileged = false;
    std::vector<std::string> profiles;
    bool never_rolls_back = false;  ///< x-dockerextd.rollback: never
    std::string pull_policy;
    bool read_only = false;
    std::string restart;
    std::string runtime;
    std::optional<std::int64_t> scale;
    std::vector<std::string> security_opt;
    StringMap seccomp_profiles;  ///< compact JSON, by the option that names the file
    bool stdin_open = false;
    OptionalDuration stop_grace_period;
    std::string stop_signal;
    StringMap sysctls;
    std::vector<std::string> tmpfs;
    bool tty = false;
    std::map<std::string, Ulimit> ulimits;
    std::string user;
    std::vector<Mount> volumes;
    std::string working_dir;
};

/// How many containers the service asks for.
inline std::int64_t scale_of(const Service& service) {
    const auto replicas = service.deploy ? service.deploy->replicas : std::nullopt;
    return service.scale.value_or(replicas.value_or(1));
}

}  // namespace dockerext::compose
