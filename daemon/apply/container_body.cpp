#include "apply/bodies.hpp"
#include "apply/endpoint_body.hpp"
#include "apply/limits_body.hpp"
#include "apply/mount_body.hpp"
#include "apply/resource_body.hpp"

namespace dockerext::apply {
namespace {

using model::ContainerSpec;

/// Since this version a container can be created on several networks, and StartInterval exists.
constexpr engine::ApiVersion several_networks{1, 44};

void write_environment(BodyWriter& writer,
                       const std::map<std::string, std::optional<std::string>>& environment) {
    if (environment.empty()) return;
    writer.array("Env", [&] {
        for (const auto& [name, value] : environment) writer.put(value ? name + "=" + *value : name);
    });
}

void write_duration(BodyWriter& writer, std::string_view key,
                    const std::optional<std::chrono::nanoseconds>& duration) {
    if (duration) writer.member(key, static_cast<std::int64_t>(duration->count()));
}

void write_healthcheck(BodyWriter& writer, const model::Healthcheck& check, engine::ApiVersion api) {
    writer.object("Healthcheck", [&] {
        writer.member_if_set("Test", check.test);
        write_duration(writer, "Interval", check.interval);
        write_duration(writer, "Timeout", check.timeout);
        write_duration(writer, "StartPeriod", check.start_period);
        if (api >= several_networks) write_duration(writer, "StartInterval", check.start_interval);
        if (check.retries) writer.member("Retries", *check.retries);
    });
}

void write_exposed_ports(BodyWriter& writer, const ContainerSpec& spec) {
    if (spec.exposed_ports.empty()) return;
    writer.object("ExposedPorts", [&] {
        for (const std::string& port : spec.exposed_ports) writer.object(port, [] {});
    });
}

void write_config(BodyWriter& writer, const ContainerSpec& spec, engine::ApiVersion api) {
    writer.member("Image", spec.image.value);
    writer.member_if_set("Hostname", spec.hostname);
    writer.member_if_set("Domainname", spec.domainname);
    writer.member_if_set("User", spec.user);
    writer.member("AttachStdin", false);
    writer.member("AttachStdout", true);
    writer.member("AttachStderr", true);
    writer.member("StdinOnce", false);
    writer.member("Tty", spec.tty);
    writer.member("OpenStdin", spec.open_stdin);
    if (spec.command) writer.member("Cmd", *spec.command);
    if (spec.entrypoint) writer.member("Entrypoint", *spec.entrypoint);
    write_environment(writer, spec.environment);
    writer.member_if_set("WorkingDir", spec.working_dir);
    writer.member_if_set("StopSignal", spec.stop_signal);
    if (spec.stop_timeout)
        writer.member("StopTimeout", static_cast<std::int64_t>(spec.stop_timeout->count()));
    if (spec.healthcheck) write_healthcheck(writer, *spec.healthcheck, api);
    write_exposed_ports(writer, spec);
    if (api < several_networks) writer.member_if_set("MacAddress", spec.mac_address);
    writer.member("Labels", spec.labels);
}

void write_port_bindings(BodyWriter& writer, const ContainerSpec& spec) {
    writer.object("PortBindings", [&] {
        for (const auto& [port, bindings] : spec.port_bindings) {
            writer.array(port, [&, &all = bindings] {
                for (const model::PortBinding& binding : all) {
                    writer.object([&] {
                        writer.member("HostIp", binding.host_ip);
                        writer.member("HostPort", binding.host_port);
                    });
                }
            });
        }
    });
}

/// The client translates systempaths=unconfined; the engine expects two empty lists of paths.
void write_security(BodyWriter& writer, const ContainerSpec& spec) {
    std::vector<std::string> options = spec.security_opt;
    if (std::erase(options, "systempaths=unconfined") > 0) {
        writer.array("MaskedPaths", [] {});
        writer.array("ReadonlyPaths", [] {});
    }
    // An empty list would keep the engine from adding its defaults.
    writer.member_if_set("SecurityOpt", options);
    writer.member_if_set("CapAdd", spec.cap_add);
    writer.member_if_set("CapDrop", spec.cap_drop);
    writer.member_if_set("Privileged", spec.privileged);
    writer.member_if_set("ReadonlyRootfs", spec.read_only);
}

void write_logging(BodyWriter& writer, const ContainerSpec& spec) {
    if (!spec.logging) return;
    writer.object("LogConfig", [&] {
        writer.member("Type", spec.logging->driver);
        writer.member("Config", spec.logging->options);
    });
}

void write_host_config(BodyWriter& writer, const ContainerSpec& spec) {
    writer.member_if_set("NetworkMode", spec.network_mode);
    write_port_bindings(writer, spec);
    write_mounts(writer, spec.mounts);
    writer.member_if_set("Tmpfs", spec.tmpfs);
    write_restart_policy(writer, spec.restart);
    writer.member_if_set("Links", spec.links);
    writer.member_if_set("Dns", spec.dns);
    writer.member_if_set("DnsSearch", spec.dns_search);
    writer.member_if_set("DnsOptions", spec.dns_options);
    writer.member("ExtraHosts", spec.extra_hosts);
    write_security(writer, spec);
    if (spec.init) writer.member("Init", *spec.init);
    write_resources(writer, spec);
    write_devices(writer, spec);
    write_logging(writer, spec);
    writer.member_if_set("Runtime", spec.runtime);
    writer.member_if_set("IpcMode", spec.ipc_mode);
    writer.member_if_set("PidMode", spec.pid_mode);
    writer.member_if_set("UTSMode", spec.uts_mode);
    writer.member_if_set("UsernsMode", spec.userns_mode);
    writer.member_if_set("CgroupnsMode", spec.cgroup_mode);
    writer.member_if_set("CgroupParent", spec.cgroup_parent);
    writer.member_if_set("Isolation", spec.isolation);
    writer.member_if_set("GroupAdd", spec.group_add);
    writer.member_if_set("VolumesFrom", spec.volumes_from);
    writer.member_if_set("StorageOpt", spec.storage_options);
    writer.member_if_set("Annotations", spec.annotations);
}

void write_networks(BodyWriter& writer, const ContainerSpec& spec, engine::ApiVersion api) {
    if (spec.networks.empty()) return;
    writer.object("NetworkingConfig", [&] {
        writer.object("EndpointsConfig", [&] {
            for (const auto& [name, endpoint] : spec.networks) {
                if (api < several_networks && name.value != spec.network_mode) continue;
                writer.object(name.value, [&, &to = endpoint] { write_endpoint(writer, to, api); });
            }
        });
    });
}

}  // namespace

std::string create_container_body(const ContainerSpec& spec, engine::ApiVersion api) {
    BodyWriter writer;
    writer.object([&] {
        write_config(writer, spec, api);
        writer.object("HostConfig", [&] { write_host_config(writer, spec); });
        write_networks(writer, spec, api);
    });
    return writer.text();
}

std::string exec_body(const model::Hook& hook) {
    BodyWriter writer;
    writer.object([&] {
        writer.member("Cmd", hook.command);
        writer.member_if_set("User", hook.user);
        writer.member_if_set("WorkingDir", hook.working_dir);
        writer.member_if_set("Privileged", hook.privileged);
        write_environment(writer, hook.environment);
    });
    return writer.text();
}

}  // namespace dockerext::apply
