#pragma once

#include "compose/read.hpp"
#include "model/desired.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Compose's own fully resolved model of a service, member by member what its config-hash is made of.
namespace dockerext::compose {

using MaybeDuration = std::optional<std::chrono::nanoseconds>;

/// command and entrypoint: none leaves it to the image, an empty list does not.
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
};
struct VolumeOptions {
    bool nocopy = false;
};
struct TmpfsOptions {
    model::Bytes size;
    std::int64_t mode = 0;
};
struct Mount {
    std::string type;
    std::string source;  ///< absolute path, or a key of the top-level volumes
    std::string target;
    bool read_only = false;
    std::string consistency;  ///< means nothing on Linux
    std::optional<BindOptions> bind;
    std::optional<VolumeOptions> volume;
    std::optional<TmpfsOptions> tmpfs;
    std::string pointer;
};

struct Attachment {
    bool given = false;  ///< written as a map, be it an empty one; not as null or in a list
    std::vector<std::string> aliases;
    std::string ipv4_address;
    std::string ipv6_address;
    std::vector<std::string> link_local_ips;
    std::int64_t priority = 0;
    std::string pointer;
};

struct Healthcheck {
    std::vector<std::string> test;
    MaybeDuration timeout, interval;
    std::optional<std::int64_t> retries;
    MaybeDuration start_period, start_interval;
    bool disable = false;
};

struct Logging {
    std::string driver;
    Texts options;
};

/// Written as one number, or as a pair.
struct Ulimit {
    std::int64_t single = 0;
    std::int64_t soft = 0;
    std::int64_t hard = 0;
};

struct Dependency {
    model::DependencyCondition condition = model::DependencyCondition::started;
    bool restart = false;
    bool required = true;
    std::string pointer;
};

/// A file that env_file or label_file names.
struct VariableFile {
    std::string path;
    bool required = true;
    bool raw = false;  ///< taken as it is, no quotes and no variables
    std::string pointer;
};

struct Service {
    std::string name;
    std::string pointer;

    std::vector<std::string> cap_add, cap_drop;
    Command command, entrypoint;
    std::string container_name;
    float cpus = 0;
    std::map<std::string, Dependency> depends_on;
    std::vector<std::string> dns, dns_opt, dns_search;
    std::string domainname;
    std::vector<VariableFile> env_files;
    MaybeTexts environment;
    std::vector<std::string> expose;
    std::vector<std::string> extra_hosts;  ///< "host=ip", sorted
    std::string hostname;
    std::optional<Healthcheck> healthcheck;
    std::string image;
    std::optional<bool> init;
    std::string ipc;
    std::vector<VariableFile> label_files;
    Texts labels;
    std::vector<std::string> links;
    std::optional<Logging> logging;
    model::Bytes mem_limit, memswap_limit;
    std::optional<std::string> network_mode;
    std::map<std::string, Attachment> networks;
    std::string pid;
    std::vector<Port> ports;
    bool privileged = false;
    std::vector<std::string> profiles;
    std::string pull_policy;
    bool read_only = false;
    std::string restart;
    std::string runtime;
    std::optional<std::int64_t> scale;
    std::vector<std::string> security_opt;
    bool stdin_open = false;
    MaybeDuration stop_grace_period;
    std::string stop_signal;
    Texts sysctls;
    std::vector<std::string> tmpfs;
    bool tty = false;
    std::map<std::string, Ulimit> ulimits;
    std::string user;
    std::vector<Mount> volumes;
    std::string working_dir;
};

}  // namespace dockerext::compose
