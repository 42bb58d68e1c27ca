#include "doctor/examine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

namespace dockerext::doctor {
namespace {

using namespace std::chrono_literals;
using model::Finding;
using model::FindingState;
using model::UnitActive;
using model::UnitLoad;
using systemd::UnitEnabled;
using testing::HasSubstr;

const WallTime now{1'800'000'000s};

Error needs_root() { return {ErrorKind::unavailable, "needs root"}; }

systemd::UnitFacts active_unit(const std::string& name) {
    systemd::UnitFacts unit;
    unit.load = UnitLoad::loaded;
    unit.active = UnitActive::active;
    unit.enabled = UnitEnabled::enabled;
    unit.sub_state = "running";
    unit.fragment = "/lib/systemd/system/" + name;
    unit.main_pid = 100;
    return unit;
}

Space half_full() {
    constexpr std::uint64_t gibibyte = 1ULL << 30;
    return {
        .bytes_free = 50 * gibibyte, .bytes_total = 100 * gibibyte, .inodes_free = 500, .inodes_total = 1000};
}

void add_engine(Facts& facts) {
    facts.engine.version = engine::EngineVersion{"26.1.5", {1, 45}};
    facts.engine.info = EngineInfo{.storage_driver = "overlay2",
                                   .data_root = "/var/lib/docker",
                                   .backing_filesystem = "extfs",
                                   .cgroup_driver = "systemd",
                                   .cgroup_version = "2"};
    facts.engine.containers =
        std::vector<ContainerFacts>{{.name = "shop-web-1",
                                     .image = "nginx:1",
                                     .image_id = "sha256:1",
                                     .project = "shop",
                                     .service = "web",
                                     .config_files = "/var/lib/dockerextd/settings.json",
                                     .is_running = true,
                                     .log_driver = "local"}};
    facts.engine.networks = std::vector<NetworkFacts>{{"shop_default", "br-1", {"172.18.0.0/16"}, "bridge"}};
    facts.engine.image_platforms = std::map<std::string, std::string>{{"sha256:1", "linux/amd64"}};
    facts.engine.socket = FilePermissions{0660, 0, "docker"};
    facts.engine.arguments = std::vector<std::string>{"-H", "fd://"};
}

void add_machine(Facts& facts) {
    facts.machine = {.architecture = "amd64",
                     .state_folder = "/var/lib/dockerextd",
                     .state_space = half_full(),
                     .engine_space = half_full(),
                     .run_space = half_full(),
                     .pressure = Pressure{1, 2, 3},
                     .is_forwarding = true,
                     .routes = std::vector<Route>{{"eth0", asio::ip::make_network_v4("0.0.0.0/0")},
                                                  {"eth0", asio::ip::make_network_v4("10.0.0.0/24")},
                                                  {"br-1", asio::ip::make_network_v4("172.18.0.0/16")}},
                     .has_iptables = true,
                     .nameservers = std::vector<std::string>{"168.63.129.16"},
                     .is_clock_synchronised = true,
                     .has_certificate_authorities = true,
                     .docker_group = std::vector<std::string>{"anna"},
                     .denials = std::vector<std::string>{}};
}

void add_systemd(Facts& facts) {
    facts.systemd.away.reset();
    for (const char* name : {"dockerextd.service", "docker.service", "docker.socket", "walinuxagent.service"})
        facts.systemd.units.emplace(name, active_unit(name));
    facts.systemd.admin_units = std::vector<UnitFile>{};
    facts.systemd.fragment = {"/lib/systemd/system/dockerextd.service",
                              "[Service]\nProtectSystem=strict\nNoNewPrivileges=yes\nPrivateDevices=yes\n"
                              "MemoryDenyWriteExecute=yes\n"};
    facts.systemd.host =
        model::ObservedHost{.systemd = true,
                            .installed = true,
                            .unit_texts = {"[Service]\nExecStart=/usr/sbin/dockerd -H fd://\n"}};
    facts.systemd.host->modes["/etc/docker/key.pem"] = 0600;
}

model::ObservedNode swarm_node(const std::string& name, const std::string& address, bool is_manager) {
    model::ObservedNode node{.id = name + "-id",
                             .hostname = name,
                             .address = address,
                             .engine_version = "26.1.5",
                             .state = model::NodeState::ready};
    if (!is_manager) return node;
    node.role = model::SwarmRole::manager;
    node.manager_address = address + ":2377";
    node.reachable = true;
    node.leader = name == "m1";
    return node;
}

/// The leader of three managers and a worker.
void add_swarm(Facts& facts) {
    facts.settings->swarm = model::SwarmSettings{};
    for (const char* address : {"10.0.0.4", "10.0.0.5", "10.0.0.6"})
        facts.settings->swarm->managers.push_back({address, 2377});
    facts.settings->has_unlock_key = true;
    facts.swarm.observed =
        model::ObservedSwarm{.state = model::LocalNodeState::active,
                             .node_id = "m1-id",
                             .node_address = "10.0.0.4",
                             .manager = true,
                             .engine_version = "26.1.5",
                             .cluster = model::ObservedCluster{.id = "c", .autolock = true}};
    model::ObservedSwarm& swarm = *facts.swarm.observed;
    swarm.nodes = {swarm_node("m1", "10.0.0.4", true), swarm_node("m2", "10.0.0.5", true),
                   swarm_node("m3", "10.0.0.6", true), swarm_node("w1", "10.0.0.7", false)};
    swarm.addresses = {{"eth0", "10.0.0.4", true}, {"eth0", "10.0.0.44", false}};
    facts.swarm.managers = ManagerAnswers{.asked = {{"10.0.0.5", 2377}, {"10.0.0.6", 2377}},
                                          .answering = {{"10.0.0.5", 2377}, {"10.0.0.6", 2377}}};
    const PortHolder engine{"dockerd", "812", "0"}, kernel{"", "", "0"};
    using Use = SwarmPort::Use;
    facts.swarm.ports = std::vector<SwarmPort>{{Use::manager, {2377, "tcp"}, engine},
                                               {Use::gossip, {7946, "tcp"}, engine},
                                               {Use::gossip, {7946, "udp"}, engine},
                                               {Use::traffic, {4789, "udp"}, kernel}};
}

/// A machine without a problem, on which every check can be made.
Facts healthy() {
    Facts facts;
    facts.now = now;
    facts.daemon = {DaemonStatus{.state = "converged", .settings_state = "accepted"}, true, 100};
    facts.state = StateFacts{.mode = 0700, .last_change = now - 1h};
    facts.settings = StoredSettings{.exist = true,
                                    .project = {"shop"},
                                    .services = {"web"},
                                    .container_names = {"shop-web-1"},
                                    .config_files = "/var/lib/dockerextd/settings.json",
                                    .images = {"nginx:1"}};
    facts.registries = {
        {.server = "docker.io", .resolves = true, .answer = 401, .clock_ahead = 0s, .login = true}};
    facts.certificate_end = std::chrono::sys_seconds(1'900'000'000s);
    facts.azure = {true,
                   200,
                   200,
                   std::optional<std::string>("/var/lib/waagent/x/status"),
                   true,
                   "/system.slice/dockerextd.service",
                   std::optional<ProcessorLimit>()};
    add_engine(facts);
    add_machine(facts);
    add_systemd(facts);
    add_swarm(facts);
    return facts;
}

std::string full_id(const Finding& finding) {
    return std::string(to_string(finding.category)) + "." + finding.id;
}

Finding finding_of(const Facts& facts, const std::string& id) {
    for (const Finding& finding : examine(facts)) {
        if (full_id(finding) == id) return finding;
    }
    ADD_FAILURE() << "no check " << id;
    return {};
}

TEST(Examine, FindsNothingWrongWithAHealthyMachine) {
    const auto findings = examine(healthy());
    EXPECT_GE(findings.size(), 30U);
    for (const Finding& finding : findings)
        EXPECT_EQ(finding.state, FindingState::ok) << full_id(finding) << ": " << finding.message;
}

/// What breaks, which check finds it, how bad it is, and words of its message.
struct Breakage {
    std::string id;
    FindingState state;
    std::string words;
    std::function<void(Facts&)> break_it;
};

constexpr FindingState bad = FindingState::error, doubtful = FindingState::warning;

model::ObservedHost& host(Facts& facts) { return *facts.systemd.host; }
systemd::UnitFacts& unit(Facts& facts, const std::string& name) { return *facts.systemd.units.at(name); }
model::ObservedSwarm& swarm(Facts& facts) { return *facts.swarm.observed; }
model::ObservedNode& node(Facts& facts, std::size_t index) { return swarm(facts).nodes->at(index); }
SwarmPort& swarm_port(Facts& facts, std::size_t index) { return facts.swarm.ports->at(index); }
ContainerFacts& container(Facts& facts) { return facts.engine.containers->front(); }
void drop_in(Facts& facts, const std::string& text) {
    facts.systemd.drop_ins = {
        {"/etc/systemd/system/dockerextd.service.d/a.conf", "[Service]\n" + text + "\n"}};
}
Error timeout(const std::string& text) { return {ErrorKind::timeout, text}; }
Error unavailable(const std::string& text) { return {ErrorKind::unavailable, text}; }

const std::vector<Breakage> breakages{
    {"daemon.answers", bad, "does not answer: refused",
     [](Facts& f) { f.daemon.status = unavailable("refused"); }},
    {"daemon.program", doubtful, "before an upgrade", [](Facts& f) { f.daemon.runs_this_program = false; }},
    {"daemon.converged", bad, "degraded: web is failed",
     [](Facts& f) {
         f.daemon.status = DaemonStatus{"degraded", "accepted", {}, {"web is failed: exited"}};
     }},
    {"daemon.converged", doubtful, "paused", [](Facts& f) { f.daemon.status->state = "paused"; }},
    {"daemon.settings", bad, "rejected: /nope: unknown",
     [](Facts& f) {
         f.daemon.status = DaemonStatus{"degraded", "rejected", {"/nope: unknown"}, {}};
     }},
    {"daemon.settings", bad, "cannot be stored",
     [](Facts& f) { f.daemon.status->settings_state = "pending"; }},
    {"daemon.settings", doubtful, "no settings", [](Facts& f) { f.daemon.status->settings_state = "none"; }},
    {"daemon.rollback", doubtful, "former settings",
     [](Facts& f) { f.daemon.status->settings_state = "rolled back"; }},
    {"daemon.lock", bad, "process 7 holds the lock",
     [](Facts& f) {
         f.daemon.status = unavailable("refused");
         f.daemon.lock_holder = 7;
     }},
    {"daemon.lock", doubtful, "process 7 runs the daemon, but not as",
     [](Facts& f) { f.daemon.lock_holder = 7; }},
    {"daemon.lock", doubtful, "does not hold the lock", [](Facts& f) { f.daemon.lock_holder = 0; }},
    {"state.permissions", bad, "others than root", [](Facts& f) { f.state->mode = 0755; }},
    {"state.stored-settings", bad, "cannot be read", [](Facts& f) { f.settings->damaged = true; }},
    {"state.stored-settings", doubtful, "using the previous copy",
     [](Facts& f) { f.settings->warning = "settings.json is unreadable; using the previous copy"; }},
    {"state.spool", bad, "2 submitted settings", [](Facts& f) { f.state->waiting = 2; }},
    {"state.leftovers", doubtful, "settings.json.tmp",
     [](Facts& f) { f.state->leftovers = {"settings.json.tmp"}; }},

    {"engine.answers", bad, "no engine",
     [](Facts& f) { f.engine.version = Error(ErrorKind::not_found, "gone"); }},
    {"engine.answers", bad, "hangs", [](Facts& f) { f.engine.version = timeout("no answer within 3 s"); }},
    {"engine.answers", bad, "does not answer", [](Facts& f) { f.engine.version = unavailable("refused"); }},
    {"engine.version", bad, "at least 1.40",
     [](Facts& f) { f.engine.version = Error(ErrorKind::invalid_input, "at least 1.40 is needed"); }},
    {"engine.daemon-json", bad, "does not start",
     [](Facts& f) { host(f).files["/etc/docker/daemon.json"] = Secret("{"); }},
    {"engine.daemon-json", bad, "symbolic link",
     [](Facts& f) { host(f).unreadable["/etc/docker/daemon.json"] = "a symbolic link"; }},
    {"engine.options", bad, "hosts is set by /etc/docker/daemon.json and by docker.service",
     [](Facts& f) { host(f).files["/etc/docker/daemon.json"] = Secret(R"({"hosts": ["fd://"]})"); }},
    {"engine.options", bad, "docker.service:", [](Facts& f) { host(f).unit_texts = {"[Service]\n"}; }},
    {"engine.cgroups", doubtful, "driver cgroupfs",
     [](Facts& f) { f.engine.info->cgroup_driver = "cgroupfs"; }},
    {"engine.cgroups", bad, "no effect", [](Facts& f) { f.engine.info->cgroup_driver = "none"; }},
    {"engine.users", doubtful, "userns-remap",
     [](Facts& f) { f.engine.info->security_options = {"name=userns"}; }},
    {"engine.users", doubtful, "without root",
     [](Facts& f) { f.engine.info->security_options = {"name=rootless"}; }},
    {"engine.warnings", doubtful, "No swap limit",
     [](Facts& f) { f.engine.info->warnings = {"No swap limit support"}; }},
    {"engine.log-rotation", doubtful, "shop-web-1", [](Facts& f) { container(f).log_driver = "json-file"; }},

    {"systemd.unit", bad, "masked", [](Facts& f) { unit(f, "dockerextd.service").load = UnitLoad::masked; }},
    {"systemd.unit", bad, "failed: exit-code",
     [](Facts& f) {
         unit(f, "dockerextd.service").active = UnitActive::failed;
         unit(f, "dockerextd.service").result = "exit-code";
     }},
    {"systemd.unit", bad, "stopped",
     [](Facts& f) { unit(f, "dockerextd.service").active = UnitActive::inactive; }},
    {"systemd.engine-unit", bad, "no docker.service",
     [](Facts& f) { unit(f, "docker.service").load = UnitLoad::not_found; }},
    {"systemd.engine-unit", bad, "keeps failing",
     [](Facts& f) {
         unit(f, "docker.service").active = UnitActive::activating;
         unit(f, "docker.service").sub_state = "auto-restart";
     }},
    {"systemd.engine-socket", bad, "masked",
     [](Facts& f) { unit(f, "docker.socket").load = UnitLoad::masked; }},
    {"systemd.engine-socket", bad, "failed",
     [](Facts& f) { unit(f, "docker.socket").active = UnitActive::failed; }},
    {"systemd.boot", doubtful, "docker.service",
     [](Facts& f) { unit(f, "docker.service").enabled = UnitEnabled::disabled; }},
    {"systemd.reload", doubtful, "docker.service",
     [](Facts& f) { unit(f, "docker.service").need_daemon_reload = true; }},
    {"systemd.restarts", doubtful, "3 times", [](Facts& f) { unit(f, "dockerextd.service").restarts = 3; }},
    {"systemd.sandbox", bad, "ReadWritePaths= (/etc", [](Facts& f) { drop_in(f, "ReadWritePaths="); }},
    {"systemd.sandbox", bad, "User=nobody", [](Facts& f) { drop_in(f, "User=nobody"); }},
    {"systemd.sandbox", doubtful, "NoNewPrivileges=no", [](Facts& f) { drop_in(f, "NoNewPrivileges=no"); }},
    {"systemd.sandbox", doubtful, "lacks ProtectSystem=strict",
     [](Facts& f) {
         f.systemd.fragment = {"/etc/systemd/system/dockerextd.service", "[Service]\n"};
     }},

    {"storage.engine-space", bad, "0 MiB free", [](Facts& f) { f.machine.engine_space->bytes_free = 1; }},
    {"storage.engine-space", doubtful, "5 %",
     [](Facts& f) { f.machine.engine_space->bytes_free = 5ULL << 30; }},
    {"storage.engine-space", bad, "0 % of the inodes",
     [](Facts& f) { f.machine.engine_space->inodes_free = 1; }},
    {"storage.state-space", bad, "read-only", [](Facts& f) { f.machine.state_space->is_read_only = true; }},
    {"storage.run-space", bad, "/run: 0 MiB", [](Facts& f) { f.machine.run_space->bytes_free = 0; }},
    {"storage.driver", doubtful, "vfs", [](Facts& f) { f.engine.info->storage_driver = "vfs"; }},
    {"storage.driver", doubtful, "devicemapper",
     [](Facts& f) { f.engine.info->storage_driver = "devicemapper"; }},
    {"storage.driver", bad, "without d_type", [](Facts& f) { f.engine.info->supports_d_type = false; }},
    {"storage.file-system", bad, "nfs", [](Facts& f) { f.machine.engine_space->type = "nfs"; }},
    {"storage.file-system", doubtful, "tmpfs", [](Facts& f) { f.machine.engine_space->type = "tmpfs"; }},
    {"storage.pressure", doubtful, "70 %",
     [](Facts& f) {
         f.machine.pressure = Pressure{0, 0, 70};
     }},

    {"network.overlap", bad,
     "shop_default (172.18.0.0/16) overlaps the machine's route to 172.16.0.0/12 (vpn0)",
     [](Facts& f) {
         f.machine.routes->push_back({"vpn0", asio::ip::make_network_v4("172.16.0.0/12")});
     }},
    {"network.address-pools", doubtful, "10.0.0.0/16 overlaps",
     [](Facts& f) { f.engine.info->address_pools = {"10.0.0.0/16"}; }},
    {"network.address-pools", doubtful, "30 networks",
     [](Facts& f) { f.engine.networks = std::vector<NetworkFacts>(30); }},
    {"network.forwarding", bad, "ip_forward", [](Facts& f) { f.machine.is_forwarding = false; }},
    {"network.forwarding", bad, "the engine says",
     [](Facts& f) { f.engine.info->is_ipv4_forwarding = false; }},
    {"network.iptables", bad, "no iptables", [](Facts& f) { f.machine.has_iptables = false; }},
    {"dns.nameservers", bad, "no nameserver", [](Facts& f) { f.machine.nameservers->clear(); }},
    {"dns.nameservers", doubtful, "127.0.0.1",
     [](Facts& f) { f.machine.nameservers = std::vector<std::string>{"127.0.0.1"}; }},
    {"dns.registries", bad, "no address for docker.io",
     [](Facts& f) { f.registries[0].resolves = unavailable("unknown"); }},
    {"time.synchronised", doubtful, "synchronises",
     [](Facts& f) { f.machine.is_clock_synchronised = false; }},
    {"time.skew", doubtful, "60 s behind that of docker.io",
     [](Facts& f) { f.registries[0].clock_ahead = 60s; }},
    {"time.skew", bad, "3600 s ahead of that of docker.io",
     [](Facts& f) { f.registries[0].clock_ahead = -1h; }},
    {"time.past", bad, "set back", [](Facts& f) { f.state->last_change = now + 24h; }},

    {"tls.certificate", bad, "expired",
     [](Facts& f) { f.certificate_end = std::chrono::floor<std::chrono::seconds>(now - 1h); }},
    {"tls.certificate", doubtful, "within 7 days",
     [](Facts& f) { f.certificate_end = std::chrono::floor<std::chrono::seconds>(now + 100h); }},
    {"tls.key", bad, "key.pem", [](Facts& f) { host(f).modes["/etc/docker/key.pem"] = 0644; }},
    {"tls.authorities", bad, "x509", [](Facts& f) { f.machine.has_certificate_authorities = false; }},
    {"registries.reach", bad, "docker.io: refused",
     [](Facts& f) { f.registries[0].answer = unavailable("refused"); }},
    {"registries.reach", bad, "docker.io: status 503", [](Facts& f) { f.registries[0].answer = 503; }},
    {"registries.reach", doubtful, "proxy",
     [](Facts& f) {
         f.registries[0].answer = unavailable("refused");
         f.engine.info->proxy = "http://proxy";
     }},
    {"registries.login", bad, "password rejected",
     [](Facts& f) { f.registries[0].login = Error(ErrorKind::invalid_input, "password rejected"); }},

    {"compose.model", bad, "/compose/web", [](Facts& f) { f.settings->problems = {"/compose/web: gone"}; }},
    {"compose.model", doubtful, "TAG is not set",
     [](Facts& f) { f.settings->warnings = {"TAG is not set"}; }},
    {"compose.platforms", doubtful, "shop-web-1 (linux/arm64)",
     [](Facts& f) { f.engine.image_platforms->at("sha256:1") = "linux/arm64"; }},
    {"compose.updaters", doubtful, "shop-web-1 (containrrr/watchtower:1.7)",
     [](Facts& f) { container(f).image = "containrrr/watchtower:1.7"; }},
    {"compose.project", doubtful, "x-1 (/srv/compose.yml)",
     [](Facts& f) {
         f.engine.containers->push_back(
             {.name = "x-1", .project = "shop", .service = "x", .config_files = "/srv/compose.yml"});
     }},
    {"compose.units", doubtful, "a.service runs docker compose for project shop",
     [](Facts& f) {
         f.systemd.admin_units = std::vector<UnitFile>{
             {"a.service", "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/usr/bin/docker compose up\n"}};
     }},
    {"compose.units", doubtful, "b.service runs docker for container shop-web-1",
     [](Facts& f) {
         f.systemd.admin_units = std::vector<UnitFile>{
             {"b.service", "[Service]\nExecStart=/usr/bin/docker start -a shop-web-1\n"}};
     }},

    {"swarm.ports", bad, "port 7946/udp is held by process consul (pid 7)",
     [](Facts& f) {
         swarm_port(f, 2).holder = PortHolder{"consul", "7", "0"};
     }},
    {"swarm.ports", bad, "port 4789/udp is held by a process of user 33",
     [](Facts& f) {
         swarm_port(f, 3).holder = PortHolder{"", "", "33"};
     }},
    {"swarm.ports", bad, "holds no port 2377/tcp, 7946/tcp",
     [](Facts& f) {
         swarm_port(f, 0).holder.reset();
         swarm_port(f, 1).holder.reset();
     }},
    {"swarm.managers", doubtful, "no manager accepts connections at 10.0.0.5:2377",
     [](Facts& f) { f.swarm.managers->answering.erase(f.swarm.managers->answering.begin()); }},
    {"swarm.managers", doubtful, "at 10.0.0.5:2377, 10.0.0.6:2377",
     [](Facts& f) { f.swarm.managers->answering.clear(); }},
    {"swarm.managers", bad, "at 10.0.0.5:2377, 10.0.0.6:2377",
     [](Facts& f) {
         f.swarm.managers->answering.clear();
         swarm(f).manager = false;
     }},
    {"swarm.address", bad, "10.0.0.4, which is no address of this machine",
     [](Facts& f) { swarm(f).addresses.erase(swarm(f).addresses.begin()); }},
    {"swarm.address", doubtful, "10.0.0.44 is not the primary address of eth0",
     [](Facts& f) { swarm(f).node_address = "10.0.0.44"; }},
    {"swarm.address", bad, "10.9.0.1, which is no address of this machine",
     [](Facts& f) {
         swarm(f).state = model::LocalNodeState::inactive;
         f.settings->swarm->advertise = "10.9.0.1";
     }},
    {"swarm.live-restore", bad, "dockerd does not start with it",
     [](Facts& f) { swarm(f).live_restore = true; }},
    {"swarm.live-restore", bad, "dockerd does not start with it",
     [](Facts& f) { host(f).files["/etc/docker/daemon.json"] = Secret(R"({"live-restore": true})"); }},
    {"swarm.live-restore", bad, "cannot be in a swarm",
     [](Facts& f) {
         f.swarm.observed = unavailable("the engine does not answer");
         f.engine.arguments->push_back("--live-restore");
     }},
    {"swarm.lock", bad, "the settings have no unlock-key",
     [](Facts& f) {
         swarm(f).state = model::LocalNodeState::locked;
         f.settings->has_unlock_key = false;
     }},
    {"swarm.lock", bad, "is not its key", [](Facts& f) { swarm(f).state = model::LocalNodeState::locked; }},
    {"swarm.lock", doubtful, "after a restart", [](Facts& f) { f.settings->has_unlock_key = false; }},
    {"swarm.manager-count", doubtful, "1 manager: while it is away",
     [](Facts& f) { swarm(f).nodes->erase(swarm(f).nodes->begin() + 1, swarm(f).nodes->begin() + 3); }},
    {"swarm.manager-count", doubtful, "2 managers: while one of them is away",
     [](Facts& f) { swarm(f).nodes->erase(swarm(f).nodes->begin()); }},
    {"swarm.manager-count", doubtful, "4 managers tolerate no more failures than 3",
     [](Facts& f) { swarm(f).nodes->push_back(swarm_node("m4", "10.0.0.8", true)); }},
    {"swarm.manager-count", doubtful, "1 manager",
     [](Facts& f) {
         swarm(f).nodes.reset();
         f.settings->swarm->managers.resize(1);
     }},
    {"swarm.quorum", bad, "neither seen nor changed now: no quorum",
     [](Facts& f) {
         swarm(f).nodes.reset();
         swarm(f).nodes_error = "no quorum";
     }},
    {"swarm.quorum", doubtful,
     "2 of 3 managers are there, and 2 are needed for a quorum; if one more leaves, nothing can be changed. "
     "Away: m2 (m2-id)",
     [](Facts& f) { node(f, 1).reachable = false; }},
    {"swarm.quorum", doubtful, "3 of 4 managers are there, and 3 are needed",
     [](Facts& f) {
         swarm(f).nodes->push_back(swarm_node("m2", "10.0.0.5", true));
         node(f, 1).state = model::NodeState::down;
     }},
    {"swarm.engines", bad, "an older engine leads the swarm, so that m2 (26.1.5), m3 (26.1.5)",
     [](Facts& f) { node(f, 0).engine_version = "20.10.24+dfsg1"; }},
    {"swarm.engines", doubtful, "managers m3 (20.10.24) have an older engine than m1 (26.1.5), m2 (26.1.5)",
     [](Facts& f) { node(f, 2).engine_version = "20.10.24"; }},
    {"swarm.hostnames", doubtful, "m2 (m2-id down, m2-id ready)",
     [](Facts& f) {
         swarm(f).nodes->push_back(node(f, 1));
         node(f, 1).state = model::NodeState::down;
     }},

    {"azure.metadata", bad, "169.254.169.254", [](Facts& f) { f.azure.metadata = timeout("no answer"); }},
    {"azure.metadata", bad, "status 403", [](Facts& f) { f.azure.metadata = 403; }},
    {"azure.wire-server", bad, "168.63.129.16", [](Facts& f) { f.azure.wire_server = timeout("no answer"); }},
    {"azure.agent", bad, "does not run",
     [](Facts& f) { unit(f, "walinuxagent.service").active = UnitActive::inactive; }},
    {"azure.agent", doubtful, "no Azure agent",
     [](Facts& f) { f.systemd.units.erase("walinuxagent.service"); }},
    {"azure.status-folder", bad, "cannot be written", [](Facts& f) { f.azure.can_write_status = false; }},
    {"azure.status-folder", bad, "sandbox",
     [](Facts& f) { f.azure.status_folder = std::optional<std::string>("/opt/agent/status"); }},
    {"azure.processor-limit", doubtful, "5 % of a processor",
     [](Facts& f) {
         f.azure.processor_limit = std::optional(ProcessorLimit{"/system.slice", 0.05});
     }},
    {"azure.processor-limit", doubtful, "agent's control group",
     [](Facts& f) { f.azure.group = "/azure.slice/walinuxagent.service"; }},

    {"security.api", bad, "without TLS",
     [](Facts& f) { f.engine.arguments->push_back("--host=tcp://0.0.0.0:2375"); }},
    {"security.api", bad, "without client certificates",
     [](Facts& f) {
         f.engine.arguments = std::vector<std::string>{"--host=tcp://0.0.0.0:2376", "--tls"};
     }},
    {"security.api", bad, "without TLS",
     [](Facts& f) {
         host(f).files["/etc/docker/daemon.json"] = Secret(R"({"hosts": ["tcp://10.0.0.4:2375"]})");
     }},
    {"security.api", bad, "without TLS",
     [](Facts& f) {
         f.engine.arguments = unavailable("systemd holds the engine's socket");
         host(f).unit_texts = {"[Service]\nExecStart=/usr/sbin/dockerd -H fd:// -H tcp://0.0.0.0:2375\n"};
     }},
    {"security.api", bad, "the engine says: API is accessible",
     [](Facts& f) {
         f.engine.info->warnings = {"API is accessible on http://0.0.0.0:2375 without encryption"};
     }},
    {"security.socket", bad, "everybody",
     [](Facts& f) {
         f.engine.socket = FilePermissions{0666, 0, "docker"};
     }},
    {"security.denials", doubtful, "dockerd",
     [](Facts& f) { f.machine.denials = std::vector<std::string>{"apparmor=\"DENIED\" comm=\"dockerd\""}; }},
};

TEST(Examine, FindsEachBreakage) {
    for (const Breakage& breakage : breakages) {
        Facts facts = healthy();
        breakage.break_it(facts);
        const Finding finding = finding_of(facts, breakage.id);
        EXPECT_EQ(finding.state, breakage.state) << breakage.id << ": " << finding.message;
        EXPECT_THAT(finding.message, HasSubstr(breakage.words)) << breakage.id;
        EXPECT_NE(finding.remedy, "") << breakage.id;
    }
}

/// These only inform.
TEST(Examine, HasABreakageForEachCheck) {
    std::set<std::string> untested{"security.group"};
    for (const Finding& finding : examine(healthy())) untested.insert(full_id(finding));
    for (const Breakage& breakage : breakages) untested.erase(breakage.id);
    EXPECT_EQ(untested, std::set<std::string>{"security.group"});
}

TEST(Examine, SaysWhyACheckIsSkipped) {
    const Facts nothing;
    for (const Finding& finding : examine(nothing)) {
        const bool is_known_without_facts =
            full_id(finding) == "daemon.answers" || full_id(finding) == "engine.answers";
        if (is_known_without_facts) continue;
        EXPECT_EQ(finding.state, FindingState::skipped) << full_id(finding);
        EXPECT_NE(finding.message, "") << full_id(finding);
    }
    Facts facts = healthy();
    facts.settings = needs_root();
    EXPECT_EQ(finding_of(facts, "compose.model").message, "needs root");
    EXPECT_EQ(finding_of(facts, "registries.reach").message, "needs root");
    facts.azure.is_azure = false;
    EXPECT_EQ(finding_of(facts, "azure.metadata").message, "not a machine in Azure");
    facts.daemon.status = needs_root();
    EXPECT_EQ(finding_of(facts, "daemon.answers").message, "needs root or group docker");
    host(facts).unreadable = {{"/etc/docker/daemon.json", "needs root"},
                              {"/etc/docker/key.pem", "needs root"}};
    for (const char* id : {"engine.daemon-json", "engine.options", "tls.key", "security.api"})
        EXPECT_EQ(finding_of(facts, id).message, "needs root") << id;
    facts.engine.version = needs_root();
    EXPECT_EQ(finding_of(facts, "engine.answers").state, FindingState::skipped);
    host(facts).unreadable.clear();
    facts.engine.arguments = unavailable("systemd holds the engine's socket");
    EXPECT_EQ(finding_of(facts, "security.api").state, FindingState::ok) << "by the unit";
    host(facts).unit_texts.clear();
    EXPECT_EQ(finding_of(facts, "security.api").message, "systemd holds the engine's socket");
    facts.engine.arguments = std::vector<std::string>{};
    facts.systemd.host = unavailable("no answer");
    EXPECT_EQ(finding_of(facts, "security.api").message, "no answer");
}

TEST(Examine, ChecksSwarmsOnlyWhereThereIsOne) {
    const std::vector<std::string> checks{"swarm.ports", "swarm.managers", "swarm.live-restore", "swarm.lock",
                                          "swarm.quorum"};
    Facts facts = healthy();
    facts.settings->swarm.reset();
    for (const std::string& id : checks)
        EXPECT_EQ(finding_of(facts, id).state, FindingState::ok) << id << ": the engine is in one";
    swarm(facts) = {};
    for (const std::string& id : checks)
        EXPECT_EQ(finding_of(facts, id).message, "the engine is in no swarm, and the settings ask for none");
    facts.settings = needs_root();
    EXPECT_EQ(finding_of(facts, "swarm.ports").message, "needs root");
    facts = healthy();
    swarm(facts).nodes.reset();
    swarm(facts).manager = false;
    for (const char* id : {"swarm.quorum", "swarm.engines", "swarm.hostnames"})
        EXPECT_EQ(finding_of(facts, id).message, "only a manager knows the nodes") << id;
    facts.settings->swarm.reset();
    EXPECT_EQ(finding_of(facts, "swarm.manager-count").message, "the managers are not known");
    facts.swarm.observed = timeout("the engine does not describe its swarm within 11 s");
    facts.settings->swarm = model::SwarmSettings{};
    for (const std::string& id : checks)
        EXPECT_EQ(finding_of(facts, id).message, "the engine does not describe its swarm within 11 s") << id;
}

TEST(Examine, AsksOnlyMembersOfASwarmForItsPorts) {
    Facts facts = healthy();
    for (SwarmPort& each : *facts.swarm.ports) each.holder.reset();
    swarm(facts).state = model::LocalNodeState::inactive;
    const Finding before = finding_of(facts, "swarm.ports");
    EXPECT_EQ(before.state, FindingState::ok);
    EXPECT_THAT(before.message, HasSubstr("whether UDP from other machines arrives cannot be told"));
    swarm(facts).state = model::LocalNodeState::active;
    swarm(facts).manager = false;
    EXPECT_THAT(finding_of(facts, "swarm.ports").message, HasSubstr("holds no port 7946/tcp, 7946/udp:"));
    EXPECT_EQ(finding_of(facts, "swarm.address").message,
              "other nodes use 10.0.0.4, the primary address of eth0");
}

TEST(Examine, AcceptsWhatLooksWrongButIsNot) {
    Facts facts = healthy();
    facts.machine.nameservers = std::vector<std::string>{"127.0.0.53"};
    facts.machine.upstream_nameservers = std::vector<std::string>{"168.63.129.16"};
    EXPECT_EQ(finding_of(facts, "dns.nameservers").state, FindingState::ok);
    facts.engine.arguments = std::vector<std::string>{"-H", "tcp://0.0.0.0:2376", "--tlsverify"};
    EXPECT_EQ(finding_of(facts, "security.api").state, FindingState::ok);
    facts.engine.arguments = std::vector<std::string>{"-H", "tcp://127.0.0.1:2375"};
    EXPECT_EQ(finding_of(facts, "security.api").state, FindingState::ok);
    facts.engine.networks->push_back({"lan", "br-2", {"10.0.0.0/24"}, "macvlan"});
    EXPECT_EQ(finding_of(facts, "network.overlap").state, FindingState::ok);
    container(facts).log_driver = "json-file";
    container(facts).log_options = {{"max-size", "10m"}};
    EXPECT_EQ(finding_of(facts, "engine.log-rotation").state, FindingState::ok);
    facts.azure.status_folder = std::optional<std::string>("/opt/agent/status");
    drop_in(facts, "ReadWritePaths=-/opt/agent");
    EXPECT_EQ(finding_of(facts, "azure.status-folder").state, FindingState::ok);
    EXPECT_EQ(finding_of(facts, "systemd.sandbox").state, FindingState::ok);
    facts.systemd.admin_units = std::vector<UnitFile>{
        {"a.service", "[Service]\nWorkingDirectory=/srv/other\nExecStart=/usr/bin/docker compose up\n"}};
    EXPECT_EQ(finding_of(facts, "compose.units").state, FindingState::ok);
    facts.settings->project = {"compose"};
    facts.systemd.admin_units = std::vector<UnitFile>{
        {"b.service",
         "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/usr/bin/docker compose -p other up\n"},
        {"c.service",
         "[Service]\nEnvironment=COMPOSE_PROJECT_NAME=other\nWorkingDirectory=/srv/compose\n"
         "ExecStart=docker compose up\n"}};
    EXPECT_EQ(finding_of(facts, "compose.units").state, FindingState::ok);
}

TEST(Examine, KnowsWhatTheEngineWasToldToDo) {
    Facts facts = healthy();
    facts.machine.has_iptables = false;
    facts.machine.nameservers = std::vector<std::string>{"127.0.0.1"};
    facts.engine.arguments = std::vector<std::string>{"--iptables=false", "--dns", "10.0.0.2"};
    EXPECT_EQ(finding_of(facts, "network.iptables").state, FindingState::ok);
    EXPECT_EQ(finding_of(facts, "dns.nameservers").state, FindingState::ok);
    facts.engine.arguments = std::vector<std::string>{};
    EXPECT_EQ(finding_of(facts, "network.iptables").state, FindingState::error);
    EXPECT_EQ(finding_of(facts, "dns.nameservers").state, FindingState::warning);
    host(facts).files[std::string(model::host_paths::daemon_json)] =
        Secret(R"({"firewall-backend": "nftables", "dns": ["10.0.0.2"]})");
    EXPECT_EQ(finding_of(facts, "network.iptables").state, FindingState::ok);
    EXPECT_EQ(finding_of(facts, "dns.nameservers").state, FindingState::ok);
    facts.engine.arguments = std::vector<std::string>{"-H", "tcp://0.0.0.0:2376", "--tlsverify=1"};
    EXPECT_EQ(finding_of(facts, "security.api").state, FindingState::ok);
}

std::string text_of(const std::string& document) {
    std::stringstream text;
    text << std::ifstream(std::string(CONFIG) + "/" + document).rdbuf();
    return text.str();
}

/// As GitHub and pandoc make it of a heading.
std::set<std::string> anchors_of(const std::string& document) {
    std::set<std::string> anchors;
    std::istringstream lines(text_of(document));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#')) continue;
        std::string anchor;
        for (const char c : line.substr(line.find_first_not_of('#') + 1)) {
            if (c == ' ') anchor += '-';
            else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-')
                anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        anchors.insert(anchor);
    }
    return anchors;
}

TEST(Examine, RefersToPlacesThatExist) {
    const std::map<std::string, std::set<std::string>> anchors{{"settings.md", anchors_of("settings.md")},
                                                               {"doctor.md", anchors_of("doctor.md")}};
    for (const Finding& finding : examine(healthy())) {
        const std::size_t hash = finding.reference.find('#');
        ASSERT_NE(hash, std::string::npos) << full_id(finding);
        const auto document = anchors.find(finding.reference.substr(0, hash));
        ASSERT_NE(document, anchors.end()) << finding.reference;
        EXPECT_TRUE(document->second.contains(finding.reference.substr(hash + 1))) << finding.reference;
        EXPECT_THAT(text_of("doctor.md"), HasSubstr("| `" + full_id(finding) + "` |"));
    }
}

}  // namespace
}  // namespace dockerext::doctor
