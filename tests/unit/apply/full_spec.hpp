#pragma once

#include "model/container_spec.hpp"

namespace dockerext::test {

/// A container in canonical form with a value in every field; mounts are sorted by target.
inline model::ContainerSpec full_spec() {
    using namespace std::chrono_literals;
    using model::Mount;
    model::ContainerSpec spec;
    spec.image = {"test/busybox:1"};
    spec.command = {"sleep", "1000"};
    spec.entrypoint = {"/bin/busybox"};
    spec.environment = {{"EMPTY", ""}, {"HOME", "/root=\"x\""}, {"UNSET", std::nullopt}};
    spec.labels = {
        {"com.docker.compose.project", "demo"}, {"com.docker.compose.service", "web"}, {"note", "a<b&c\n"}};
    spec.hostname = "web";
    spec.domainname = "example.com";
    spec.user = "1000:1000";
    spec.working_dir = "/srv";
    spec.stop_signal = "SIGINT";
    spec.stop_timeout = 3s;
    spec.healthcheck = model::Healthcheck{.test = {"CMD", "true"},
                                          .interval = 90s,
                                          .timeout = 1500ms,
                                          .start_period = 2s,
                                          .start_interval = std::nullopt,
                                          .retries = 4};
    spec.exposed_ports = {"3000", "80/tcp"};
    spec.port_bindings = {{"53/udp", {{"127.0.0.1", "18053"}}}, {"80/tcp", {{"", "18080"}, {"", ""}}}};
    spec.mounts = {
        {.type = Mount::Type::bind, .source = "/tmp", .target = "/a-bind", .read_only = true, .selinux = "z"},
        {.type = Mount::Type::bind, .source = "/tmp", .target = "/b-slave", .propagation = "rslave"},
        {.type = Mount::Type::bind, .source = "/tmp", .target = "/c-strict", .create_host_path = false},
        {.type = Mount::Type::volume, .source = "data", .target = "/d-volume"},
        {.type = Mount::Type::volume,
         .source = "data",
         .target = "/e-no-copy",
         .read_only = true,
         .no_copy = true},
        {.type = Mount::Type::volume, .source = std::string(64, 'a'), .target = "/f-inherited"},
        {.type = Mount::Type::tmpfs,
         .target = "/g-tmpfs",
         .tmpfs_size = model::Bytes{65536},
         .tmpfs_mode = 01777},
    };
    spec.tmpfs = {{"/run", "size=64k"}};
    spec.restart = {.kind = model::RestartPolicy::Kind::on_failure, .max_retries = 5};
    spec.network_mode = "demo_default";
    spec.networks[{"demo_default"}] = {.aliases = {"demo-web-1", "web"},
                                       .ipv4_address = "10.99.7.9",
                                       .links = {"demo-db-1:db"},
                                       .has_ipam_config = true};
    spec.links = {"demo-db-1:db"};
    spec.dns = {"10.0.0.2"};
    spec.dns_search = {"example.com"};
    spec.dns_options = {"ndots:1"};
    spec.extra_hosts = {"host.docker.internal:10.0.0.3"};
    spec.security_opt = {"no-new-privileges:true", "systempaths=unconfined"};
    spec.cap_add = {"CAP_NET_ADMIN"};
    spec.cap_drop = {"ALL"};
    spec.read_only = true;
    spec.init = true;
    spec.tty = true;
    spec.open_stdin = true;
    spec.memory = model::Bytes{64 << 20};
    spec.memory_swap = model::Bytes{96 << 20};
    spec.cpus = model::NanoCpus{500'000'000};
    spec.ulimits = {{"nofile", {1024, 2048}}};
    spec.sysctls = {{"net.core.somaxconn", "256"}};
    spec.logging = model::Logging{.driver = "json-file", .options = {{"max-size", "1m"}}};
    spec.runtime = "runc";
    spec.ipc_mode = "shareable";
    spec.pid_mode = "host";
    return spec;
}

}  // namespace dockerext::test
