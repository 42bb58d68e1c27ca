#include "compose/read.hpp"
#include "stack_loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

using model::StackFileKind;

struct SpecRow {
    std::string_view members, path, json;
};

void expect_specs(std::string_view above, const std::vector<SpecRow>& table) {
    for (const SpecRow& row : table) {
        const std::string spec = stack_web(std::string(row.members)).spec;
        EXPECT_EQ(json_at(spec, std::string(above) + std::string(row.path)), row.json) << row.members;
    }
}

TEST(StackSpec, HasWhatDockersCommandSendsForAPlainService) {
    EXPECT_EQ(
        stack_web(R"("tty": false)").spec,
        R"({"Name":"demo_web","Labels":{"com.docker.stack.image":"nginx","com.docker.stack.namespace":"demo"},)"
        R"("TaskTemplate":{"ContainerSpec":{"Image":"nginx","Labels":{"com.docker.stack.namespace":"demo"},)"
        R"("Privileges":{}},"Resources":{},"Placement":{},)"
        R"("Networks":[{"Target":"demo_default","Aliases":["web"]}]},)"
        R"("Mode":{"Replicated":{"Replicas":1}},"EndpointSpec":{}})");
}

TEST(StackSpec, OfAContainer) {
    expect_specs(
        "TaskTemplate/ContainerSpec/",
        {
            {R"("entrypoint": "a 'b c'")", "Command", R"(["a","b c"])"},
            {R"("command": ["x", ""])", "Args", R"(["x",""])"},
            {R"("command": [])", "Args", "absent"},
            {R"("environment": {"B": 1, "A-B": "x", "A": "y", "FOO": null, "NOT": null, "E": ""})", "Env",
             R"(["A-B=x","A=y","B=1","E=","FOO=foo","NOT"])"},
            {R"("hostname": "{{.Node.Hostname}}")", "Hostname", R"("{{.Node.Hostname}}")"},
            {R"("working_dir": "/w")", "Dir", R"("/w")"},
            {R"("user": "1:2")", "User", R"("1:2")"},
            {R"("group_add": ["a", 5])", "Groups", R"(["a","5"])"},
            {R"("tty": true)", "TTY", "true"},
            {R"("stdin_open": true)", "OpenStdin", "true"},
            {R"("read_only": true)", "ReadOnly", "true"},
            {R"("init": false)", "Init", "false"},
            {R"("stop_signal": "INT")", "StopSignal", R"("INT")"},
            {R"("stop_grace_period": "1500ms")", "StopGracePeriod", "1500000000"},
            {R"("isolation": "default")", "Isolation", R"("default")"},
            {R"("oom_score_adj": -5)", "OomScoreAdj", "-5"},
            {R"("sysctls": ["a=1", "b"])", "Sysctls", R"({"a":"1","b":""})"},
            {R"("extra_hosts": {"a": "1.1.1.1", "b": "[::1]"})", "Hosts", R"(["1.1.1.1 a","::1 b"])"},
            {R"("dns": "1.1.1.1")", "DNSConfig", R"({"Nameservers":["1.1.1.1"]})"},
            {R"("dns_search": "s", "dns_opt": ["o"])", "DNSConfig", R"({"Search":["s"],"Options":["o"]})"},
            {R"("labels": {"a": 1, "com.docker.stack.namespace": "x"})", "Labels",
             R"({"a":"1","com.docker.stack.namespace":"demo"})"},
            {R"("ulimits": {"nofile": {"soft": 1, "hard": 2}, "nproc": 5})", "Ulimits",
             R"([{"Name":"nofile","Hard":2,"Soft":1},{"Name":"nproc","Hard":5,"Soft":5}])"},
        });
}

TEST(StackSpec, AddedCapabilitiesAreNotDropped) {
    expect_specs(
        "TaskTemplate/ContainerSpec/",
        {
            {R"("cap_add": ["net_admin", "CAP_CHOWN"])", "CapabilityAdd", R"(["CAP_CHOWN","CAP_NET_ADMIN"])"},
            {R"("cap_add": ["CHOWN", "all"])", "CapabilityAdd", R"(["ALL"])"},
            {R"("cap_add": ["CHOWN"], "cap_drop": ["chown", "kill"])", "CapabilityDrop", R"(["CAP_KILL"])"},
            {R"("cap_add": ["CHOWN"], "cap_drop": ["ALL", "KILL"])", "CapabilityDrop", R"(["ALL"])"},
        });
}

TEST(StackSpec, OfAHealthcheck) {
    expect_specs(
        "TaskTemplate/ContainerSpec/",
        {
            {R"("healthcheck": {"test": "x", "interval": "1s", "timeout": "2s", "start_period": "3s",
                "start_interval": "4s", "retries": 5})",
             "Healthcheck",
             R"({"Test":["CMD-SHELL","x"],"Interval":1000000000,"Timeout":2000000000,)"
             R"("StartPeriod":3000000000,"StartInterval":4000000000,"Retries":5})"},
            {R"("healthcheck": {"disable": true, "test": "x"})", "Healthcheck", R"({"Test":["NONE"]})"},
        });
}

TEST(StackSpec, OfMounts) {
    const auto mounts = [](const std::string& volumes) {
        const std::string document =
            R"({"services": {"web": {"image": "x", "volumes": [)" + volumes +
            R"(]}}, "volumes": {"vol": {"labels": ["a=1"]}, "dri": {"driver": "nfs", "driver_opts": {"o": 5}},
                "ext": {"external": true, "name": "theirs"}}})";
        const model::Stack stack = loaded_stack(document);
        return json_at(stack.services.at(model::ServiceName{"web"}).spec,
                       "TaskTemplate/ContainerSpec/Mounts");
    };
    EXPECT_EQ(mounts(R"("vol:/v:ro")"),
              R"([{"Type":"volume","Source":"demo_vol","Target":"/v","ReadOnly":true,)"
              R"("VolumeOptions":{"Labels":{"a":"1","com.docker.stack.namespace":"demo"}}}])");
    EXPECT_EQ(mounts(R"({"type": "volume", "source": "dri", "target": "/d", "volume": {"nocopy": true}})"),
              R"([{"Type":"volume","Source":"demo_dri","Target":"/d","VolumeOptions":{"NoCopy":true,)"
              R"("Labels":{"com.docker.stack.namespace":"demo"},)"
              R"("DriverConfig":{"Name":"nfs","Options":{"o":"5"}}}}])");
    EXPECT_EQ(mounts(R"("ext:/e")"),
              R"([{"Type":"volume","Source":"theirs","Target":"/e","VolumeOptions":{}}])");
    EXPECT_EQ(mounts(R"("/anonymous")"), R"([{"Type":"volume","Target":"/anonymous"}])");
    EXPECT_EQ(
        mounts(R"("./b:/b:rslave")"),
        R"([{"Type":"bind","Source":"/project/b","Target":"/b","BindOptions":{"Propagation":"rslave"}}])");
    EXPECT_EQ(mounts(R"({"type": "tmpfs", "target": "/t", "tmpfs": {"size": "1m", "mode": 511}})"),
              R"([{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1048576,"Mode":511}}])");
}

TEST(StackSpec, OfResources) {
    const std::string generic =
        R"("deploy": {"resources": {"reservations": {"memory": "16m", "generic_resources": [
            {"discrete_resource_spec": {"kind": "gpu", "value": 2}}]}}})";
    expect_specs("TaskTemplate/",
                 {
                     {R"("deploy": {"resources": {"limits": {"cpus": "1.7", "memory": "64m", "pids": 5}}})",
                      "Resources", R"({"Limits":{"NanoCPUs":1700000000,"MemoryBytes":67108864,"Pids":5}})"},
                     {R"("deploy": {"resources": {"limits": {"cpus": 0.123456}}})", "Resources",
                      R"({"Limits":{"NanoCPUs":123456000}})"},
                     {generic, "Resources",
                      R"({"Reservations":{"MemoryBytes":16777216,"GenericResources":)"
                      R"([{"DiscreteResourceSpec":{"Kind":"gpu","Value":2}}]}})"},
                 });
}

TEST(StackSpec, RestartStandsInForTheRestartPolicy) {
    expect_specs("TaskTemplate/",
                 {
                     {R"("restart": "always")", "RestartPolicy", R"({"Condition":"any"})"},
                     {R"("restart": "unless-stopped")", "RestartPolicy", R"({"Condition":"any"})"},
                     {R"("restart": "on-failure:3")", "RestartPolicy",
                      R"({"Condition":"on-failure","MaxAttempts":3})"},
                     {R"("restart": "no")", "RestartPolicy", "absent"},
                     {R"("restart": "always", "deploy": {"restart_policy": {"condition": "none"}})",
                      "RestartPolicy", R"({"Condition":"none"})"},
                     {R"("deploy": {"restart_policy": {"condition": "unless-stopped"}})", "RestartPolicy",
                      R"({"Condition":"any"})"},
                     {R"("deploy": {"restart_policy": {"delay": "0s", "max_attempts": 0, "window": "1s"}})",
                      "RestartPolicy", R"({"Delay":0,"MaxAttempts":0,"Window":1000000000})"},
                 });
}

TEST(StackSpec, OfPlacement) {
    expect_specs(
        "TaskTemplate/",
        {
            {R"("deploy": {"placement": {"constraints": ["node.hostname!=a", "node.hostname!=b"]}})",
             "Placement", R"({"Constraints":["node.hostname!=a","node.hostname!=b"]})"},
            {R"("deploy": {"placement": {"preferences": [{"spread": "s"}], "max_replicas_per_node": 2}})",
             "Placement", R"({"Preferences":[{"Spread":{"SpreadDescriptor":"s"}}],"MaxReplicas":2})"},
        });
}

TEST(StackSpec, OfLogging) {
    expect_specs("TaskTemplate/", {{R"("logging": {"driver": "json-file", "options": {"max-file": 3}})",
                                    "LogDriver", R"({"Name":"json-file","Options":{"max-file":"3"}})"}});
}

TEST(StackSpec, OfModes) {
    expect_specs("", {
                         {R"("deploy": {"replicas": 0})", "Mode", R"({"Replicated":{"Replicas":0}})"},
                         {R"("scale": 3)", "Mode", R"({"Replicated":{"Replicas":3}})"},
                         {R"("deploy": {"mode": "global"})", "Mode", R"({"Global":{}})"},
                         {R"("deploy": {"mode": "replicated-job", "replicas": 4})", "Mode",
                          R"({"ReplicatedJob":{"MaxConcurrent":4,"TotalCompletions":4}})"},
                         {R"("deploy": {"mode": "global-job"})", "Mode", R"({"GlobalJob":{}})"},
                     });
}

TEST(StackSpec, OfUpdates) {
    const std::string all =
        R"("deploy": {"update_config": {"parallelism": 2, "delay": "1s", "order": "start-first",
        "failure_action": "rollback", "monitor": "2s", "max_failure_ratio": 0.7}})";
    expect_specs("", {
                         {all, "UpdateConfig",
                          R"({"Parallelism":2,"Delay":1000000000,"FailureAction":"rollback",)"
                          R"("Monitor":2000000000,"MaxFailureRatio":0.7,"Order":"start-first"})"},
                         {all, "RollbackConfig", "absent"},
                         {R"("deploy": {"rollback_config": {"parallelism": 0}})", "RollbackConfig",
                          R"({"Parallelism":0})"},
                         {R"("deploy": {"update_config": {}})", "UpdateConfig", R"({"Parallelism":1})"},
                     });
}

TEST(StackSpec, OfTheEndpoint) {
    expect_specs(
        "EndpointSpec/",
        {
            {R"("deploy": {"endpoint_mode": "DNSRR"})", "Mode", R"("dnsrr")"},
            {R"("ports": ["8080:80", "53/UDP", {"target": 81, "published": 82, "mode": "host"}])", "Ports",
             R"([{"Protocol":"udp","TargetPort":53,"PublishMode":"ingress"},)"
             R"({"Protocol":"tcp","TargetPort":81,"PublishedPort":82,"PublishMode":"host"},)"
             R"({"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"}])"},
            {R"("ports": ["8081-8082:80"])", "Ports",
             R"([{"Protocol":"tcp","TargetPort":80,"PublishedPort":8081,"PublishMode":"ingress"},)"
             R"({"Protocol":"tcp","TargetPort":80,"PublishedPort":8082,"PublishMode":"ingress"}])"},
        });
}

TEST(StackSpec, OfNetworks) {
    const auto stack = loaded_stack(R"({"services": {"web": {"image": "x", "networks": {
        "b": {"aliases": ["z"], "driver_opts": {"o": 1}}, "a": null, "node": null}}},
        "networks": {"a": {"name": "zzz"}, "b": null, "node": {"external": true, "name": "host"}}})");
    EXPECT_EQ(json_at(stack.services.at(model::ServiceName{"web"}).spec, "TaskTemplate/Networks"),
              R"([{"Target":"demo_b","Aliases":["z","web"],"DriverOpts":{"o":"1"}},)"
              R"({"Target":"host"},{"Target":"zzz","Aliases":["web"]}])");
}

TEST(ToStack, NetworksAreOverlaysWithTheLabelOfTheStack) {
    const auto stack =
        loaded_stack(R"({"services": {"web": {"image": "x", "networks": ["n", "e", "default"]}},
        "networks": {"n": {"attachable": true, "internal": true, "labels": {"a": 1}, "driver_opts": {"o": 1},
            "ipam": {"config": [{"subnet": "10.1.0.0/24"}]}}, "e": {"external": {"name": "theirs"}}, "unused": null}})");
    ASSERT_EQ(stack.networks.size(), 3U);
    const model::NetworkSpec& n = stack.networks.at(model::NetworkName{"demo_n"});
    EXPECT_EQ(n.key, "n");
    EXPECT_EQ(n.driver, "overlay");
    EXPECT_TRUE(n.attachable && n.internal);
    EXPECT_EQ(n.labels, (StringMap{{"a", "1"}, {"com.docker.stack.namespace", "demo"}}));
    EXPECT_EQ(n.driver_options, (StringMap{{"o", "1"}}));
    EXPECT_EQ(n.ipam_pools.at(0).subnet, "10.1.0.0/24");
    EXPECT_TRUE(stack.networks.at(model::NetworkName{"theirs"}).external);
    EXPECT_EQ(stack.networks.at(model::NetworkName{"demo_default"}).labels,
              (StringMap{{"com.docker.stack.namespace", "demo"}}));
}

TEST(ToStack, AServiceIsInTheDefaultNetworkAlsoWithANetworkMode) {
    const auto stack = loaded_stack(web(R"("network_mode": "service:db", "ipc": "service:db")"));
    EXPECT_TRUE(stack.networks.contains(model::NetworkName{"demo_default"}));
}

model::Stack stack_with_files() {
    Input input = stack_input(R"({"services": {"web": {"image": "x",
        "configs": [{"source": "text", "target": "/t", "uid": "1", "gid": "2", "mode": 288}, "file", "gone"],
        "secrets": ["key", {"source": "key", "target": "/run/secrets/other"}]}},
        "configs": {"text": {"content": "a", "name": "zzz", "labels": {"a": 1}, "template_driver": "golang"},
            "file": {"file": "f"}, "gone": {"external": true}, "unused": {"content": ""}},
        "secrets": {"key": {"environment": "FOO"}}})");
    input.read_file = [](const std::string& path) -> Result<std::string> { return "of " + path; };
    const Loaded loaded = load(input);
    if (!loaded.stack) throw std::runtime_error(to_text(loaded.problems));
    return *loaded.stack;
}

TEST(ToStack, FilesHaveTheirContentWhereverItComesFrom) {
    const auto stack = stack_with_files();
    const StringMap label{{"com.docker.stack.namespace", "demo"}};
    StringMap with_own = label;
    with_own["a"] = "1";
    const std::vector<model::StackFile> expected{
        {StackFileKind::config, "demo_file", false, Secret("of /project/f"), label, ""},
        {StackFileKind::config, "gone", true, Secret(), {}, ""},
        {StackFileKind::config, "zzz", false, Secret("a"), with_own, "golang"},
        {StackFileKind::secret, "demo_key", false, Secret("foo"), label, ""},
    };
    EXPECT_EQ(stack.files, expected);
}

TEST(ToStack, UsesOfFilesAreOrderedByNameWithinTheirKind) {
    const auto stack = stack_with_files();
    const std::vector<model::StackFileUse> expected{
        {StackFileKind::config, "demo_file", "file", "0", "0", 0444},
        {StackFileKind::config, "gone", "gone", "0", "0", 0444},
        {StackFileKind::config, "zzz", "/t", "1", "2", 0440},
        {StackFileKind::secret, "demo_key", "key", "0", "0", 0444},
        {StackFileKind::secret, "demo_key", "/run/secrets/other", "0", "0", 0444},
    };
    EXPECT_EQ(stack.services.at(model::ServiceName{"web"}).files, expected);
}

TEST(ToStack, TheProjectHasOnlyItsName) {
    const Loaded loaded = load(stack_input(web(R"("tty": true)")));
    ASSERT_TRUE(loaded.stack && loaded.project);
    EXPECT_EQ(loaded.stack->name.value, "demo");
    model::Project only_name;
    only_name.name.value = "demo";
    EXPECT_EQ(*loaded.project, only_name);
}

TEST(ToStack, AnEmptyModelIsAStackWithoutServices) {
    for (const char* const document : {"{}", R"({"services": {}})"}) {
        const model::Stack stack = loaded_stack(document);
        EXPECT_TRUE(stack.services.empty() && stack.networks.empty() && stack.files.empty());
    }
}

TEST(ToStack, ServicesThatAProfileSwitchesOffAreLeftOut) {
    EXPECT_TRUE(loaded_stack(web(R"("profiles": ["debug"])")).services.empty());
}

TEST(ToStack, ThereIsNoStackForContainers) { EXPECT_FALSE(load(input_of(web(R"("tty": true)"))).stack); }

}  // namespace
}  // namespace dockerext::compose
