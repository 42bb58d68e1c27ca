#include "observe/spec_facts.hpp"

#include "model/normal_form.hpp"
#include "observe/config_facts.hpp"
#include "observe/facts_reader.hpp"
#include "observe/mount_facts.hpp"
#include "observe/network_facts.hpp"
#include "observe/resource_facts.hpp"

namespace dockerext::observe {
namespace {

using model::ContainerSpec;

void read_config(ContainerSpec& spec, ObjectReader& config, Problems& problems) {
    spec.image = {text_in(config, "Image")};
    spec.command = words_in(config, "Cmd");
    spec.entrypoint = words_in(config, "Entrypoint");
    spec.environment = environment_in(config);
    spec.labels = text_map_in(config, "Labels", problems);
    spec.hostname = text_in(config, "Hostname");
    spec.domainname = text_in(config, "Domainname");
    spec.user = text_in(config, "User");
    spec.working_dir = text_in(config, "WorkingDir");
    spec.stop_signal = text_in(config, "StopSignal");
    if (const auto timeout = config.integer("StopTimeout"))
        spec.stop_timeout = std::chrono::seconds(*timeout);
    spec.healthcheck = healthcheck_in(config, problems);
    spec.exposed_ports = key_set_in(config, "ExposedPorts", problems);
    spec.mac_address = text_in(config, "MacAddress");
    spec.tty = flag_in(config, "Tty");
    spec.open_stdin = flag_in(config, "OpenStdin");
}

std::map<std::string, std::vector<model::PortBinding>> port_bindings_in(ObjectReader& host,
                                                                        Problems& problems) {
    std::map<std::string, std::vector<model::PortBinding>> bindings;
    ObjectReader ports = object_in(host, "PortBindings", problems);
    for (const std::string& port : key_set_in(host, "PortBindings", problems)) {
        for (ObjectReader& binding : objects_in(ports, port, problems)) {
            bindings[port].push_back({text_in(binding, "HostIp"), text_in(binding, "HostPort")});
        }
    }
    return bindings;
}

model::RestartPolicy restart_in(ObjectReader& host, Problems& problems) {
    using Kind = model::RestartPolicy::Kind;
    ObjectReader policy = object_in(host, "RestartPolicy", problems);
    const std::string name = text_in(policy, "Name");
    const auto kind = name.empty() ? Kind::no : from_string<Kind>(name);
    if (!kind) {
        problems.add(policy.cursor().problem("unknown restart policy '" + name + "'"));
        return {};
    }
    model::RestartPolicy restart{.kind = *kind};
    const std::int64_t retries = count_in(policy, "MaximumRetryCount");
    if (restart.kind == Kind::on_failure) model::set_from(retries, restart.max_retries);
    return restart;
}

/// Engines before 28 keep capabilities as they were written.
std::set<std::string> capabilities_in(ObjectReader& host, std::string_view key) {
    std::set<std::string> capabilities;
    for (const std::string& name : host.strings(key)) capabilities.insert(model::normal::capability(name));
    return capabilities;
}

/// The client sends systempaths=unconfined to the engine as two empty lists of paths.
std::vector<std::string> security_opt_in(ObjectReader& host) {
    std::vector<std::string> options = host.strings("SecurityOpt");
    const auto masked = words_in(host, "MaskedPaths");
    const auto read_only = words_in(host, "ReadonlyPaths");
    const bool unconfined = masked && masked->empty() && read_only && read_only->empty();
    if (unconfined && !flag_in(host, "Privileged")) options.emplace_back("systempaths=unconfined");
    return options;
}

std::optional<model::Logging> logging_in(ObjectReader& host, Problems& problems) {
    ObjectReader log = object_in(host, "LogConfig", problems);
    model::Logging logging{text_in(log, "Type"), text_map_in(log, "Config", problems)};
    if (logging == model::Logging{}) return std::nullopt;
    return logging;
}

void read_host_config(ContainerSpec& spec, ObjectReader& host, Problems& problems) {
    spec.port_bindings = port_bindings_in(host, problems);
    spec.tmpfs = text_map_in(host, "Tmpfs", problems);
    spec.restart = restart_in(host, problems);
    spec.network_mode = text_in(host, "NetworkMode");
    for (const std::string& link : host.strings("Links")) spec.links.push_back(requested_link(link));
    spec.dns = host.strings("Dns");
    spec.dns_search = host.strings("DnsSearch");
    spec.dns_options = host.strings("DnsOptions");
    spec.extra_hosts = host.strings("ExtraHosts");
    spec.security_opt = security_opt_in(host);
    spec.cap_add = capabilities_in(host, "CapAdd");
    spec.cap_drop = capabilities_in(host, "CapDrop");
    spec.privileged = flag_in(host, "Privileged");
    spec.read_only = flag_in(host, "ReadonlyRootfs");
    spec.init = host.boolean("Init");
    spec.logging = logging_in(host, problems);
    spec.runtime = text_in(host, "Runtime");
    spec.ipc_mode = text_in(host, "IpcMode");
    spec.pid_mode = text_in(host, "PidMode");
    spec.uts_mode = text_in(host, "UTSMode");
    spec.userns_mode = text_in(host, "UsernsMode");
    spec.cgroup_mode = text_in(host, "CgroupnsMode");
    spec.cgroup_parent = text_in(host, "CgroupParent");
    spec.isolation = text_in(host, "Isolation");
    spec.group_add = host.strings("GroupAdd");
    spec.volumes_from = host.strings("VolumesFrom");
    spec.storage_options = text_map_in(host, "StorageOpt", problems);
    spec.annotations = text_map_in(host, "Annotations", problems);
    read_resources(spec, host, problems);
    read_devices(spec, host, problems);
}

}  // namespace

ContainerSpec spec_in(ObjectReader& container, Problems& problems) {
    ContainerSpec spec;
    ObjectReader config = object_in(container, "Config", problems);
    ObjectReader host = object_in(container, "HostConfig", problems);
    read_config(spec, config, problems);
    read_host_config(spec, host, problems);
    spec.mounts = mounts_in(container, host, problems);
    return spec;
}

}  // namespace dockerext::observe
