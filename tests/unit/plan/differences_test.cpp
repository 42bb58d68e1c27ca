// Field by field: what counts as a difference, how it reads, and which change repairs it.
#include "plan/differences.hpp"

#include "scene.hpp"

#include <gtest/gtest.h>

#include <span>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using namespace std::chrono_literals;

/// A service, its image, and its container as observed.
struct Pair {
    Service& want;
    ObservedContainer& have;
    ObservedImage& image;
    EngineFacts& engine;
};

struct Row {
    const char* what;
    void (*arrange)(Pair);
    const char* found;  ///< each "field: have -> want", then " (in place)" if an update repairs it
};

std::string differences_of(const Row& row, const Redactor& redact = {}, bool image_known = true) {
    World world = web_running();
    ObservedImage& image = world.observed.images.at({"busybox:1"});
    row.arrange({web_of(world), container_of(world), image, world.observed.engine});
    const std::string mode = web_of(world).container.network_mode;
    const Expectation expected{.service = web_of(world),
                               .image = image_known ? &image : nullptr,
                               .network_mode = mode,
                               .ipc_mode = web_of(world).container.ipc_mode,
                               .pid_mode = web_of(world).container.pid_mode,
                               .redact = redact,
                               .engine = world.observed.engine,
                               .observed = world.observed};
    std::string text;
    for (const Difference& each : differences(expected, container_of(world))) {
        text += each.change.field + ": " + each.change.have + " -> " + each.change.want +
                (each.repair == Repair::update ? " (in place)\n" : "\n");
    }
    return text;
}

void expect(std::span<const Row> rows) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.what);
        EXPECT_EQ(differences_of(row), row.found);
    }
}

const Row differing[] = {
    {"domainname", [](Pair it) { it.want.container.domainname = "example.org"; },
     "domainname: (unset) -> example.org\n"},
    {"hostname",
     [](Pair it) {
         it.want.container.hostname = "front";
         it.have.spec.hostname = "back";
     },
     "hostname: back -> front\n"},
    {"a hostname no longer asked for", [](Pair it) { it.have.spec.hostname = "back"; },
     "hostname: back -> (unset)\n"},
    {"user", [](Pair it) { it.want.container.user = "nobody"; }, "user: (unset) -> nobody\n"},
    {"working_dir",
     [](Pair it) {
         it.want.container.working_dir = "/srv";
         it.have.spec.working_dir = "/";
     },
     "working_dir: / -> /srv\n"},
    {"stop_signal", [](Pair it) { it.want.container.stop_signal = "SIGINT"; },
     "stop_signal: (unset) -> SIGINT\n"},
    {"stop_grace_period", [](Pair it) { it.want.container.stop_timeout = 3s; },
     "stop_grace_period: (unset) -> 3s\n"},
    {"a grace period no longer asked for", [](Pair it) { it.have.spec.stop_timeout = 3s; },
     "stop_grace_period: 3s -> (unset)\n"},
    {"expose", [](Pair it) { it.want.container.exposed_ports = {"53/udp"}; }, "expose: 80/tcp -> 53/udp\n"},
    {"a port exposed by nobody", [](Pair it) { it.have.spec.exposed_ports.insert("53/udp"); },
     "expose: 53/udp, 80/tcp -> (unset)\n"},
    {"ports",
     [](Pair it) {
         it.want.container.port_bindings["80/tcp"] = {{"", "8080"}};
     },
     "ports: (unset) -> 8080->80/tcp\n"},
    {"another address of a port",
     [](Pair it) {
         it.want.container.port_bindings["80/tcp"] = {{"127.0.0.1", "8080"}};
         it.have.spec.port_bindings["80/tcp"] = {{"0.0.0.0", "8080"}};
     },
     "ports: 0.0.0.0:8080->80/tcp -> 127.0.0.1:8080->80/tcp\n"},
    {"tmpfs", [](Pair it) { it.want.container.tmpfs["/tmp"] = "size=1m"; },
     "tmpfs: (unset) -> /tmp=size=1m\n"},
    {"restart",
     [](Pair it) { it.have.spec.restart = {.kind = RestartPolicy::Kind::on_failure, .max_retries = 3}; },
     "restart: on-failure:3 -> always (in place)\n"},
    {"mem_limit", [](Pair it) { it.want.container.memory = Bytes{1 << 30}; },
     "mem_limit: 64m -> 1g (in place)\n"},
    {"a limit that is lifted", [](Pair it) { it.want.container.memory = {}; }, "mem_limit: 64m -> (unset)\n"},
    {"memswap_limit", [](Pair it) { it.want.container.memory_swap = Unlimited{}; },
     "memswap_limit: 128m -> unlimited (in place)\n"},
    {"cpus", [](Pair it) { it.want.container.cpus = NanoCpus{1'500'000'000}; },
     "cpus: (unset) -> 1.5 (in place)\n"},
    {"cpu_shares", [](Pair it) { it.have.spec.cpu_shares = 512; }, "cpu_shares: 512 -> (unset)\n"},
    {"cpuset",
     [](Pair it) {
         it.want.container.cpuset = "0-1";
         it.have.spec.cpuset = "0";
     },
     "cpuset: 0 -> 0-1 (in place)\n"},
    {"mem_reservation",
     [](Pair it) {
         it.want.container.memory_reservation = Bytes{1 << 20};
         it.have.spec.memory_reservation = Bytes{2 << 20};
     },
     "mem_reservation: 2m -> 1m (in place)\n"},
    {"pids_limit",
     [](Pair it) {
         it.want.container.pids_limit = 100;
         it.have.spec.pids_limit = 50;
     },
     "pids_limit: 50 -> 100 (in place)\n"},
    {"shm_size", [](Pair it) { it.want.container.shm_size = Bytes{128 << 20}; },
     "shm_size: (unset) -> 128m\n"},
    {"oom_score_adj", [](Pair it) { it.have.spec.oom_score_adj = 5; }, "oom_score_adj: 5 -> (unset)\n"},
    {"blkio_config", [](Pair it) { it.have.spec.block_io.read_bps["/dev/sda"] = 9; },
     "blkio_config: read_bps /dev/sda=9 -> (unset)\n"},
    {"devices",
     [](Pair it) {
         it.want.container.devices = {{"/dev/fuse", "/dev/fuse", "rwm"}};
     },
     "devices: (unset) -> /dev/fuse:/dev/fuse:rwm\n"},
    {"gpus",
     [](Pair it) {
         it.want.container.device_requests = {{.which = DeviceRequest::All{}, .capabilities = {"gpu"}}};
     },
     "gpus: (unset) -> all of gpu\n"},
    {"uts", [](Pair it) { it.have.spec.uts_mode = "host"; }, "uts: host -> (unset)\n"},
    {"another container's processes", [](Pair it) { it.have.spec.pid_mode = "container:abc"; },
     "pid: container:abc -> (unset)\n"},
    {"mac_address", [](Pair it) { it.want.container.mac_address = "02:42:ac:11:00:09"; },
     "mac_address: (unset) -> 02:42:ac:11:00:09\n"},
    {"group_add", [](Pair it) { it.want.container.group_add = {"adm"}; }, "group_add: (unset) -> adm\n"},
    {"a config's content",
     [](Pair it) {
         it.want.container.labels[std::string(labels::files)] = "new";
         it.have.spec.labels[std::string(labels::files)] = "old";
     },
     "configs and secrets: (hidden) -> (hidden)\n"},
    {"network_mode", [](Pair it) { it.have.spec.network_mode = "host"; },
     "network_mode: host -> demo_default\n"},
    {"dns",
     [](Pair it) {
         it.want.container.dns = {"9.9.9.9", "1.1.1.1"};
     },
     "dns: (unset) -> 9.9.9.9, 1.1.1.1\n"},
    {"dns_search", [](Pair it) { it.have.spec.dns_search = {"lan"}; }, "dns_search: lan -> (unset)\n"},
    {"dns_opt", [](Pair it) { it.want.container.dns_options = {"ndots:1"}; },
     "dns_opt: (unset) -> ndots:1\n"},
    {"extra_hosts", [](Pair it) { it.want.container.extra_hosts = {"a:1.2.3.4"}; },
     "extra_hosts: (unset) -> a:1.2.3.4\n"},
    {"security_opt", [](Pair it) { it.want.container.security_opt = {"seccomp=unconfined"}; },
     "security_opt: (unset) -> seccomp=unconfined\n"},
    {"cap_add", [](Pair it) { it.want.container.cap_add = {"CAP_NET_ADMIN"}; },
     "cap_add: (unset) -> CAP_NET_ADMIN\n"},
    {"cap_drop", [](Pair it) { it.have.spec.cap_drop = {"ALL"}; }, "cap_drop: ALL -> (unset)\n"},
    {"privileged", [](Pair it) { it.have.spec.privileged = true; }, "privileged: true -> false\n"},
    {"read_only", [](Pair it) { it.want.container.read_only = true; }, "read_only: false -> true\n"},
    {"init", [](Pair it) { it.want.container.init = true; }, "init: (unset) -> true\n"},
    {"init no longer asked for", [](Pair it) { it.have.spec.init = true; }, "init: true -> (unset)\n"},
    {"tty", [](Pair it) { it.want.container.tty = true; }, "tty: false -> true\n"},
    {"stdin_open", [](Pair it) { it.want.container.open_stdin = true; }, "stdin_open: false -> true\n"},
    {"ulimits",
     [](Pair it) {
         it.want.container.ulimits["nofile"] = {1, 2};
     },
     "ulimits: (unset) -> nofile=1:2\n"},
    {"sysctls", [](Pair it) { it.want.container.sysctls["net.a"] = "1"; }, "sysctls: (unset) -> net.a=1\n"},
    {"logging",
     [](Pair it) {
         it.want.container.logging = Logging{"syslog", {{"tag", "x"}}};
     },
     "logging: json-file -> syslog (tag=x)\n"},
    {"a logging option no longer asked for",
     [](Pair it) {
         it.want.config_hash = "another";
         it.want.container.logging = Logging{"json-file", {}};
         it.have.spec.logging = Logging{"json-file", {{"max-size", "1m"}}};
     },
     "logging: json-file (max-size=1m) -> json-file\n"},
    {"logging no longer asked for",
     [](Pair it) {
         it.want.config_hash = "another";
         it.have.spec.logging = Logging{"syslog", {}};
     },
     "logging: syslog -> (unset)\n"},
    {"runtime", [](Pair it) { it.want.container.runtime = "kata"; }, "runtime: runc -> kata\n"},
    {"ipc", [](Pair it) { it.want.container.ipc_mode = "host"; }, "ipc: private -> host\n"},
    {"pid", [](Pair it) { it.want.container.pid_mode = "host"; }, "pid: (unset) -> host\n"},
    {"a variable", [](Pair it) { it.want.container.environment["A"] = "1"; },
     "environment.A: (unset) -> (hidden)\n"},
    {"a variable's value", [](Pair it) { it.have.spec.environment["PROGRAM"] = "x"; },
     "environment.PROGRAM: (hidden) -> (hidden)\n"},
    {"a variable too many", [](Pair it) { it.have.spec.environment["A"] = "1"; },
     "environment.A: (hidden) -> (unset)\n"},
    {"the image's variable, to be unset",
     [](Pair it) { it.want.container.environment["PATH"] = std::nullopt; },
     "environment.PATH: (hidden) -> (unset)\n"},
    {"the image's variable, missing", [](Pair it) { it.have.spec.environment.erase("PATH"); },
     "environment.PATH: (unset) -> (hidden)\n"},
    {"a label", [](Pair it) { it.want.container.labels["tier"] = "front"; },
     "labels.tier: (unset) -> front\n"},
    {"a label's value", [](Pair it) { it.have.spec.labels["maker"] = "else"; },
     "labels.maker: else -> somebody\n"},
    {"a label too many", [](Pair it) { it.have.spec.labels["tier"] = "back"; },
     "labels.tier: back -> (unset)\n"},
    {"the replica's number", [](Pair it) { it.have.spec.labels[std::string(labels::number)] = "7"; },
     "labels.com.docker.compose.container-number: 7 -> 1\n"},
    {"a bind",
     [](Pair it) {
         it.want.container.mounts.push_back(
             {.type = Mount::Type::bind, .source = "/srv", .target = "/data", .read_only = true});
     },
     "volumes./data: (unset) -> /srv:ro\n"},
    {"a mount too many",
     [](Pair it) {
         it.have.spec.mounts.push_back({.type = Mount::Type::bind, .source = "/srv", .target = "/data"});
     },
     "volumes./data: /srv:rw -> (unset)\n"},
    {"a named volume where an anonymous one is asked for",
     [](Pair it) {
         it.want.container.mounts.push_back({.type = Mount::Type::volume, .target = "/data"});
         it.have.spec.mounts.push_back(
             {.type = Mount::Type::volume, .source = "demo_data", .target = "/data"});
     },
     "volumes./data: demo_data:rw -> (anonymous):rw\n"},
    {"a health check",
     [](Pair it) {
         it.want.container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
     },
     "healthcheck: (unset) -> CMD true\n"},
    {"a health check's interval",
     [](Pair it) {
         it.want.container.healthcheck = Healthcheck{.test = {"CMD", "true"}, .interval = 5s};
         it.have.spec.healthcheck = Healthcheck{.test = {"CMD", "true"}, .interval = 9s};
     },
     "healthcheck: CMD true (interval 9s) -> CMD true (interval 5s)\n"},
};

const Row spelled[] = {
    {"working_dir",
     [](Pair it) {
         it.want.container.working_dir = "/srv//x/../app/";
         it.have.spec.working_dir = "/srv/app";
     },
     ""},
    {"stop_signal",
     [](Pair it) {
         it.want.container.stop_signal = "term";
         it.have.spec.stop_signal = "15";
     },
     ""},
    {"expose",
     [](Pair it) {
         it.want.container.exposed_ports = {"053/UDP", "80"};
         it.have.spec.exposed_ports = {"53/udp", "80/tcp"};
     },
     ""},
    {"ports",
     [](Pair it) {
         it.want.container.port_bindings["80/TCP"] = {{"0.0.0.0", "08080"}, {"0:0::1", "8081"}};
         it.have.spec.port_bindings["80/tcp"] = {{"::1", "8081"}, {"", "8080"}};
     },
     ""},
    {"tmpfs",
     [](Pair it) {
         it.want.container.tmpfs["/run//x/"] = "size=1m,mode=755";
         it.have.spec.tmpfs["/run/x"] = "mode=755,size=1m";
     },
     ""},
    {"dns",
     [](Pair it) {
         it.want.container.dns = {"2001:DB8:0::53"};
         it.have.spec.dns = {"2001:db8::53"};
     },
     ""},
    {"extra_hosts",
     [](Pair it) {
         it.want.container.extra_hosts = {"a:2001:DB8:0::1"};
         it.have.spec.extra_hosts = {"a=2001:db8::1"};
     },
     ""},
    {"security_opt",
     [](Pair it) {
         it.want.container.security_opt = {"no-new-privileges", "seccomp:unconfined"};
         it.have.spec.security_opt = {"seccomp=unconfined", "no-new-privileges:true", "label=disable"};
     },
     ""},
    {"cap_add",
     [](Pair it) {
         it.want.container.cap_add = {"net_admin"};
         it.have.spec.cap_add = {"CAP_NET_ADMIN"};
     },
     ""},
    {"devices",
     [](Pair it) {
         it.want.container.devices = {{"/dev//fuse", "/dev/./fuse", "mrw"}};
         it.have.spec.devices = {{"/dev/fuse", "/dev/fuse", "rwm"}};
     },
     ""},
    {"cgroup_parent",
     [](Pair it) {
         it.want.container.cgroup_parent = "/a//b/";
         it.have.spec.cgroup_parent = "/a/b";
     },
     ""},
    {"isolation",
     [](Pair it) {
         it.want.container.isolation = "DEFAULT";
         it.have.spec.isolation = "default";
     },
     ""},
    {"mac_address",
     [](Pair it) {
         it.want.container.mac_address = "02-42-AC-11-00-09";
         it.have.spec.networks[{"demo_default"}].mac_address = "02:42:ac:11:00:09";
     },
     ""},
    {"a mac_address that is told of no container that has ended",
     [](Pair it) {
         it.want.container.mac_address = "02:42:ac:11:00:09";
         it.have.state = ContainerState::exited;
     },
     ""},
    {"a bind",
     [](Pair it) {
         it.want.container.mounts.push_back(
             {.type = Mount::Type::bind, .source = "/srv//x/..", .target = "/data/./"});
         it.have.spec.mounts.push_back({.type = Mount::Type::bind, .source = "/srv", .target = "/data"});
     },
     ""},
};

TEST(Differences, AreFoundInEveryField) { expect(differing); }

TEST(Differences, AreEmptyBetweenSpellingsOfOneValue) { expect(spelled); }

TEST(Differences, AreEmptyWhenEverythingMatches) {
    expect(std::vector<Row>{{"as made", [](Pair) {}, ""}});
}

}  // namespace
}  // namespace dockerext::plan
