#include "base/sha256.hpp"
#include "loading.hpp"
#include "model/labels.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

using model::NetworkName;
using Strings = std::vector<std::string>;

TEST(ToModel, ComposeLabelsOverrideUserLabels) {
    const auto labels =
        loaded_web(
            R"("labels": {"mine": 1, "com.docker.compose.service": "x", "com.docker.compose.foo": "bar"})")
            .container.labels;
    EXPECT_EQ(labels.at("mine"), "1");
    EXPECT_EQ(labels.at("com.docker.compose.foo"), "bar");
    EXPECT_EQ(labels.at("com.docker.compose.service"), "web");
    EXPECT_EQ(labels.at("com.docker.compose.project"), "demo");
    EXPECT_EQ(labels.at("com.docker.compose.oneoff"), "False");
    EXPECT_EQ(labels.at("com.docker.compose.version"), "2.40.3");
    EXPECT_EQ(labels.at("com.docker.compose.depends_on"), "");
    EXPECT_EQ(labels.at("com.docker.compose.project.working_dir"), "/project");
    EXPECT_EQ(labels.at("com.docker.compose.project.config_files"), "/project/compose.json");
}

TEST(ToModel, CommandDistinguishesAbsentFromEmpty) {
    EXPECT_EQ(loaded_web(R"("tty": true)").container.command, std::nullopt);
    EXPECT_EQ(loaded_web(R"("command": null)").container.command, std::nullopt);
    EXPECT_EQ(loaded_web(R"("command": "")").container.command, Strings{});
    EXPECT_EQ(loaded_web(R"("entrypoint": [])").container.entrypoint, Strings{});
    EXPECT_EQ(loaded_web(R"("entrypoint": "a 'b c'")").container.entrypoint, (Strings{"a", "b c"}));
}

TEST(ToModel, PlainKeysReachTheContainer) {
    const auto c =
        loaded_web(R"("user": "1:2", "working_dir": "/w", "hostname": "h", "domainname": "d", "tty": "true",
        "stdin_open": true, "init": false, "runtime": "runc", "ipc": "host", "pid": "host", "stop_signal": "SIGINT",
        "stop_grace_period": "1500ms", "privileged": true, "read_only": true, "security_opt": ["a", "b"],
        "cap_add": ["net_admin", "all"], "cap_drop": ["CAP_CHOWN"], "dns": "1.1.1.1", "dns_search": ["s"],
        "dns_opt": ["o"], "extra_hosts": {"b": "2.2.2.2", "a": ["::1"]}, "tmpfs": ["/t:size=1m", "/u"])")
            .container;
    EXPECT_EQ(c.image.value, "nginx");
    EXPECT_EQ(c.user, "1:2");
    EXPECT_EQ(c.working_dir, "/w");
    EXPECT_EQ(c.hostname, "h");
    EXPECT_EQ(c.domainname, "d");
    EXPECT_TRUE(c.tty && c.open_stdin && c.privileged && c.read_only);
    EXPECT_EQ(c.init, false);
    EXPECT_EQ(c.runtime, "runc");
    EXPECT_EQ(c.ipc_mode, "host");
    EXPECT_EQ(c.pid_mode, "host");
    EXPECT_EQ(c.stop_signal, "SIGINT");
    EXPECT_EQ(c.stop_timeout, std::chrono::seconds(1));
    EXPECT_EQ(c.security_opt, (Strings{"a", "b"}));
    EXPECT_EQ(c.cap_add, (std::set<std::string>{"ALL", "CAP_NET_ADMIN"}));
    EXPECT_EQ(c.cap_drop, (std::set<std::string>{"CAP_CHOWN"}));
    EXPECT_EQ(c.dns, Strings{"1.1.1.1"});
    EXPECT_EQ(c.dns_search, Strings{"s"});
    EXPECT_EQ(c.dns_options, Strings{"o"});
    EXPECT_EQ(c.extra_hosts, (Strings{"a:::1", "b:2.2.2.2"}));
    EXPECT_EQ(c.tmpfs, (std::map<std::string, std::string>{{"/t", "size=1m"}, {"/u", ""}}));
}

TEST(ToModel, LimitsAreCounted) {
    const auto c =
        loaded_web(R"("mem_limit": "64m", "memswap_limit": -1, "cpus": "0.1", "sysctls": {"a": 1, "b": null},
        "ulimits": {"nproc": 5, "nofile": {"soft": 1, "hard": "2"}, "core": 0},
        "logging": {"driver": "json-file", "options": {"max-file": 3, "tag": null}})")
            .container;
    EXPECT_EQ(c.memory, model::MemoryLimit(model::Bytes{64 << 20}));
    EXPECT_EQ(c.memory_swap, model::MemoryLimit(model::Unlimited{}));
    EXPECT_EQ(c.cpus, model::NanoCpus{100'000'000});
    EXPECT_EQ(c.pids_limit, std::nullopt);
    EXPECT_EQ(c.sysctls, (std::map<std::string, std::string>{{"a", "1"}, {"b", ""}}));
    EXPECT_EQ(c.ulimits, (std::map<std::string, model::Ulimit>{
                             {"core", {0, 0}}, {"nofile", {1, 2}}, {"nproc", {5, 5}}}));
    EXPECT_EQ(c.logging, (model::Logging{"json-file", {{"max-file", "3"}, {"tag", ""}}}));
}

TEST(ToModel, AServiceCanSetItsMonitorPeriod) {
    const auto monitor_of = [](const std::string& update_config) {
        return loaded_web(R"("deploy": {"update_config": )" + update_config + "}").update.monitor;
    };
    using Seconds = std::optional<std::chrono::seconds>;
    EXPECT_EQ(monitor_of(R"({"monitor": "1m"})"), Seconds(60));
    EXPECT_EQ(monitor_of(R"({"monitor": "0s"})"), Seconds(0));
    EXPECT_EQ(monitor_of(R"({"monitor": "1500ms"})"), Seconds(2));
    EXPECT_EQ(monitor_of(R"({"monitor": "11m"})"), Seconds(600));
    EXPECT_EQ(monitor_of(R"({"monitor": "-1s"})"), Seconds(0));
    EXPECT_EQ(monitor_of(R"({"order": "start-first"})"), std::nullopt);
    EXPECT_EQ(loaded_web(R"("deploy": {"rollback_config": {"monitor": "1m"}})").update.monitor, std::nullopt);
    EXPECT_EQ(loaded_web(R"("tty": true)").update.monitor, std::nullopt);
}

TEST(ToModel, RollbackConfigHasTheSameDefaultsAsUpdateConfig) {
    const auto web = loaded_web(
        R"("deploy": {"update_config": {"parallelism": 4, "monitor": "1m"}, "rollback_config": {"order": "start-first"}})");
    ASSERT_TRUE(web.rollback);
    EXPECT_EQ(*web.rollback, model::UpdateConfig{.order = model::UpdateConfig::Order::start_first});
    using Action = model::UpdateConfig::FailureAction;
    for (const auto& [written, action] :
         {std::pair("continue", Action::proceed), {"pause", Action::pause}, {"rollback", Action::pause}}) {
        const std::string config =
            R"("deploy": {"rollback_config": {"failure_action": ")" + std::string(written) + "\"}}";
        EXPECT_EQ(loaded_web(config).rollback->failure_action, action);
    }
    EXPECT_FALSE(loaded_web(R"("deploy": {"update_config": {"parallelism": 4}})").rollback);
}

TEST(ToModel, AServiceMayNeverRollBack) {
    const auto web = loaded_web(R"("x-dockerextd": {"rollback": "never"})");
    EXPECT_TRUE(web.never_rolls_back);
    EXPECT_FALSE(loaded_web(R"("x-dockerextd": {}, "x-other": {"rollback": "never"})").never_rolls_back);
    EXPECT_EQ(web.config_hash, loaded_web(R"("tty": false)").config_hash);
}

TEST(ToModel, TheMonitorPeriodIsHashedLikeInComposeButNotPartOfTheContainer) {
    const auto with = loaded_web(R"("deploy": {"update_config": {"monitor": "1m"}})");
    EXPECT_EQ(
        with.config_hash,
        sha256_hex(
            R"({"command":null,"deploy":{"update_config":{"monitor":"1m0s"},"resources":{},"placement":{}},)"
            R"("entrypoint":null,"image":"nginx","networks":{"default":null}})"));
    auto without = loaded_web(R"("deploy": {"update_config": {}})");
    without.container.labels[std::string(model::labels::config_hash)] = with.config_hash;
    EXPECT_EQ(with.container, without.container);
}

TEST(ToModel, PortsAreExposedAndBound) {
    const auto c =
        loaded_web(R"("ports": ["8080:80", "127.0.0.1:8081:80", "53/udp", {"target": 80, "published": 8080}],
        "expose": ["3000", 80, "4000-4002/udp"])")
            .container;
    EXPECT_EQ(c.exposed_ports, (std::set<std::string>{"3000", "4000-4002/udp", "53/udp", "80", "80/tcp"}));
    ASSERT_EQ(c.port_bindings.size(), 2U);
    EXPECT_EQ(c.port_bindings.at("80/tcp"),
              (std::vector<model::PortBinding>{{"", "8080"}, {"127.0.0.1", "8081"}}));
    EXPECT_EQ(c.port_bindings.at("53/udp"), (std::vector<model::PortBinding>{{"", ""}}));
}

TEST(ToModel, HealthcheckCanBeSwitchedOff) {
    using namespace std::chrono_literals;
    const auto check = loaded_web(R"("healthcheck": {"test": "curl x", "interval": "10s", "retries": 0})")
                           .container.healthcheck;
    EXPECT_EQ(check->test, (Strings{"CMD-SHELL", "curl x"}));
    EXPECT_EQ(check->interval, 10s);
    EXPECT_EQ(check->timeout, std::nullopt);
    EXPECT_EQ(check->retries, 0);
    const auto off = loaded_web(R"("healthcheck": {"disable": true, "test": "x"})").container.healthcheck;
    EXPECT_EQ(off->test, Strings{"NONE"});
    EXPECT_EQ(loaded_web(R"("tty": true)").container.healthcheck, std::nullopt);
}

TEST(ToModel, RestartRecordsWhetherItWasGiven) {
    using Kind = model::RestartPolicy::Kind;
    EXPECT_FALSE(loaded_web(R"("tty": true)").restart_is_set);
    EXPECT_TRUE(loaded_web(R"("restart": "no")").restart_is_set);
    EXPECT_EQ(loaded_web(R"("restart": "no")").container.restart.kind, Kind::no);
    EXPECT_EQ(loaded_web(R"("restart": "on-failure:3")").container.restart,
              (model::RestartPolicy{Kind::on_failure, 3}));
}

TEST(ToModel, ServiceOptionsAreNotPartOfTheContainer) {
    const auto service = loaded_web(R"("scale": "3", "pull_policy": "always")");
    EXPECT_EQ(service.scale, 3U);
    EXPECT_EQ(service.pull_policy, model::PullPolicy::always);
    EXPECT_EQ(loaded_web(R"("pull_policy": "if_not_present")").pull_policy, model::PullPolicy::missing);
    EXPECT_EQ(loaded_web(R"("pull_policy": "never")").pull_policy, model::PullPolicy::never);
    EXPECT_EQ(loaded_web(R"("container_name": "my-web")").container_name, model::ContainerName{"my-web"});
    EXPECT_EQ(loaded_web(R"("tty": true)").container_name, std::nullopt);
}

TEST(ToModel, EndpointsHaveAliasesAndAddressesAndThePriorityPicksTheFirst) {
    const Loaded loaded = load(input_of(R"({"services": {"web": {"image": "x", "networks": {
        "a": null, "b": {"priority": 5, "aliases": ["z"], "ipv4_address": "10.0.0.5", "link_local_ips": ["169.254.1.1"]},
        "c": {}}}}, "networks": {"a": null, "b": {"name": "bee"}, "c": {"external": true}}})"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    const auto& c = loaded.project->services.at(model::ServiceName{"web"}).container;
    EXPECT_EQ(c.network_mode, "bee");
    ASSERT_EQ(c.networks.size(), 3U);
    const model::Endpoint& b = c.networks.at(NetworkName{"bee"});
    EXPECT_EQ(b.aliases, (std::set<std::string>{"web", "z"}));
    EXPECT_EQ(b.ipv4_address, "10.0.0.5");
    EXPECT_EQ(b.link_local_ips, (std::set<std::string>{"169.254.1.1"}));
    EXPECT_TRUE(b.has_ipam_config);
    EXPECT_FALSE(c.networks.at(NetworkName{"demo_a"}).has_ipam_config);
    EXPECT_TRUE(c.networks.at(NetworkName{"c"}).has_ipam_config);
    EXPECT_TRUE(loaded.project->networks.at(NetworkName{"c"}).external);
    EXPECT_TRUE(loaded.project->networks.at(NetworkName{"c"}).labels.empty());
}

TEST(ToModel, NetworkModeReplacesNetworks) {
    EXPECT_EQ(loaded_web(R"("network_mode": "host")").container.network_mode, "host");
    EXPECT_TRUE(loaded_web(R"("network_mode": "host")").container.networks.empty());
    EXPECT_EQ(loaded_web(R"("network_mode": "")").container.network_mode, "none");
    EXPECT_EQ(loaded_web(R"("network_mode": "container:x")").container.network_mode, "container:x");
    EXPECT_EQ(loaded_web(R"("tty": true)").container.network_mode, "demo_default");
}

TEST(ToModel, NetworksAndVolumesAreNamedAndLabelled) {
    const Loaded loaded = load(
        input_of(R"({"services": {"web": {"image": "x", "networks": ["n"], "volumes": ["vol:/v", "ext:/e"]}},
        "networks": {"n": {"driver": "bridge", "driver_opts": {"a": 1}, "internal": "true", "attachable": true,
            "enable_ipv6": true, "labels": ["mine=1"], "ipam": {"driver": "default", "config": [{"subnet": "10.0.0.0/24",
            "gateway": "10.0.0.1", "ip_range": "10.0.0.0/25", "aux_addresses": {"h": "10.0.0.2"}}]}}},
        "volumes": {"vol": {"labels": {"mine": true}}, "ext": {"external": {"name": "theirs"}}, "unused": null}})"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    const model::NetworkSpec& n = loaded.project->networks.at(NetworkName{"demo_n"});
    EXPECT_EQ(n.key, "n");
    EXPECT_EQ(n.driver, "bridge");
    EXPECT_EQ(n.driver_options.at("a"), "1");
    EXPECT_TRUE(n.internal && n.attachable && n.enable_ipv6);
    EXPECT_EQ(n.ipam_driver, "default");
    EXPECT_EQ(
        n.ipam_pools,
        (std::vector<model::IpamPool>{{"10.0.0.0/24", "10.0.0.1", "10.0.0.0/25", {{"h", "10.0.0.2"}}}}));
    EXPECT_EQ(n.labels.at("mine"), "1");
    EXPECT_EQ(n.labels.at("com.docker.compose.network"), "n");
    EXPECT_EQ(n.labels.at("com.docker.compose.project"), "demo");
    EXPECT_EQ(n.labels.at("com.docker.compose.version"), "2.40.3");
    ASSERT_EQ(loaded.project->volumes.size(), 2U);
    const model::VolumeSpec& v = loaded.project->volumes.at(model::VolumeName{"demo_vol"});
    EXPECT_EQ(v.labels.at("mine"), "true");
    EXPECT_EQ(v.labels.at("com.docker.compose.volume"), "vol");
    EXPECT_TRUE(loaded.project->volumes.at(model::VolumeName{"theirs"}).external);
    EXPECT_EQ(loaded.project->warnings.size(), 1U);
}

}  // namespace
}  // namespace dockerext::compose
