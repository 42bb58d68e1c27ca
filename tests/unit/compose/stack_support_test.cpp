#include "stack_loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

using Texts = std::vector<std::string>;

struct WarningRow {
    std::string_view members, warning;
};

TEST(StackWarnings, NameTheKeyThatHasNoEffect) {
    const std::vector<WarningRow> table{
        {R"("build": ".")", "/build: 'build' has no effect in a stack: nodes pull the image"},
        {R"("container_name": "my-web", "scale": 2)",
         "/container_name: 'container_name' has no effect in a stack: Swarm names the containers"},
        {R"("privileged": true)",
         "/privileged: 'privileged' has no effect in a stack: add what it needs with 'cap_add'"},
        {R"("ipc": "host")", "/ipc: 'ipc' has no effect in a stack"},
        {R"("mem_limit": "1m", "deploy": {"resources": {"limits": {"memory": "64m"}}})",
         "/mem_limit: 'mem_limit' has no effect in a stack: write deploy.resources.limits.memory"},
        {R"("networks": {"default": {"ipv4_address": "10.0.0.5"}})",
         "/networks/default/ipv4_address: 'ipv4_address' has no effect in a stack: tasks get addresses from "
         "Swarm"},
        {R"("volumes": [{"type": "volume", "target": "/b", "consistency": "cached"}])",
         "/volumes/0/consistency: 'consistency' has no effect in a stack"},
        {R"("volumes": [{"type": "bind", "source": "/a", "target": "/b", "bind": {"selinux": "z"}}])",
         "/volumes/0/bind/selinux: 'selinux' has no effect in a stack"},
        {R"("ports": ["127.0.0.1:80:80"])",
         "/ports: the address 127.0.0.1 has no effect in a stack: port 80 is published at every address of "
         "the nodes"},
        {R"("restart": "always", "deploy": {"restart_policy": {"condition": "none"}})",
         "/restart: 'restart' has no effect in a stack: deploy.restart_policy counts"},
        {R"("restart": "no")",
         "/restart: \"no\" has no effect in a stack: write \"condition\": \"none\" under "
         "deploy.restart_policy"},
        {R"("x-dockerextd": {"rollback": "never"})",
         "/x-dockerextd: 'x-dockerextd' has no effect in a stack: Swarm rolls back as "
         "deploy.update_config.failure_action says"},
    };
    for (const WarningRow& row : table)
        EXPECT_EQ(stack_warnings(std::string(row.members)), Texts{std::string(row.warning)});
}

TEST(StackWarnings, AreNotGivenForWhatHasAnEffectOrAsksForNothing) {
    EXPECT_EQ(
        stack_warnings(R"("privileged": false, "links": [], "ports": ["0.0.0.0:80:80"], "restart": "always",
        "deploy": {"mode": "replicated", "labels": {"a": 1}, "placement": {}, "endpoint_mode": "vip",
            "update_config": {"order": "start-first", "monitor": "20m"}})"),
        Texts{});
}

TEST(StackWarnings, OfSwarmsKeysAreForContainersOnly) {
    const Loaded loaded =
        load(input_of(web(R"("deploy": {"mode": "global", "update_config": {"monitor": "20m"}})")));
    ASSERT_TRUE(loaded.project);
    EXPECT_EQ(
        loaded.project->warnings,
        (Texts{"/compose/services/web/deploy/mode: deploy.mode is for Swarm and has no effect, as in Compose",
               "/compose/services/web/deploy/update_config/monitor: is not between 0s and 10m; using "
               "10m0s"}));
}

TEST(StackWarnings, AVolumeIsNotExclusiveInASwarm) {
    const Loaded loaded =
        load(stack_input(R"({"services": {}, "volumes": {"v": {"x-dockerextd": {"exclusive": true}}}})"));
    ASSERT_TRUE(loaded.project);
    EXPECT_EQ(
        loaded.project->warnings,
        Texts{"/compose/volumes/v/x-dockerextd: 'x-dockerextd' has no effect in a stack: a node has its "
              "own volume of this name"});
}

struct ProblemRow {
    std::string_view members, problem;
};

TEST(StackProblems, NameWhatAStackCannotBe) {
    const std::vector<ProblemRow> table{
        {R"("volumes_from": ["web"])",
         "/volumes_from: a stack cannot take volumes from a container: name a volume under the top-level "
         "'volumes', and mount it in each service"},
        {R"("deploy": {"mode": "some"})",
         "/deploy/mode: expected replicated, global, replicated-job or global-job, found 'some'"},
        {R"("deploy": {"mode": "global", "replicas": 2})",
         "/deploy/mode: 'global' is one task on each node, so that there is no number of replicas"},
        {R"("deploy": {"mode": "global-job", "update_config": {}})",
         "/deploy/update_config: a job has none: its tasks are not replaced"},
        {R"("deploy": {"endpoint_mode": "x"})", "/deploy/endpoint_mode: expected vip or dnsrr, found 'x'"},
        {R"("deploy": {"update_config": {"failure_action": "x"}})",
         "/deploy/update_config/failure_action: expected pause, continue or rollback, found 'x'"},
        {R"("deploy": {"rollback_config": {"max_failure_ratio": 2}})",
         "/deploy/rollback_config/max_failure_ratio: expected a number from 0 to 1"},
        {R"("deploy": {"update_config": {"delay": "-1s"}})",
         "/deploy/update_config/delay: must not be negative"},
        {R"("deploy": {"restart_policy": {"condition": "x"}})",
         "/deploy/restart_policy/condition: expected none, on-failure, any, always or unless-stopped, found "
         "'x'"},
        {R"("deploy": {"resources": {"limits": {"cpus": 0.0001}}})",
         "/deploy/resources/limits/cpus: expected at least 0.001"},
        {R"("deploy": {"resources": {"reservations": {"memory": "1m"}}})",
         "/deploy/resources/reservations/memory: expected at least 4m"},
        {R"("deploy": {"placement": {"constraints": ["node.role=worker"]}})",
         "/deploy/placement/constraints: expected KEY==VALUE or KEY!=VALUE, as in node.role==worker, found "
         "'node.role=worker'"},
        {R"("ports": [80], "deploy": {"endpoint_mode": "dnsrr"})",
         "/ports: with endpoint_mode dnsrr, port 80 needs the mode host"},
        {R"("ports": ["80:80", {"target": 81, "published": 80, "mode": "host"}])",
         "/ports: port 80/tcp is published twice"},
        {R"("volumes": [{"type": "bind", "source": "/a", "target": "/b", "tmpfs": {"size": 1}}])",
         "/volumes/0: 'tmpfs' options are not for a mount of type bind"},
        {R"("volumes": [{"type": "image", "source": "i", "target": "/b"}])",
         "/volumes/0: SwarmKit has no mounts of type image: use a volume"},
        {R"("volumes": [{"type": "volume", "target": "/b", "volume": {"subpath": "s"}}])",
         "/volumes/0: engines before 26 ignore 'subpath' in a swarm: mount the whole volume"},
        {R"("secrets": ["nope"])", "/secrets/0: secret 'nope' is not defined"},
        {R"("depends_on": ["db"])", "/depends_on: service 'db' is not defined; did you mean 'web'?"},
    };
    for (const ProblemRow& row : table) {
        EXPECT_EQ(stack_problems_of(web(std::string(row.members))),
                  "/compose/services/web" + std::string(row.problem) + "\n");
    }
}

TEST(StackProblems, AStackCannotBuild) {
    EXPECT_EQ(stack_problems_of(R"({"services": {"web": {"build": "."}}})"),
              "/compose/services/web/build: a stack runs images from a registry: name one in 'image', and "
              "remove 'build'\n");
}

TEST(StackProblems, NamesMustBeThoseOfSwarmsObjects) {
    EXPECT_EQ(stack_problems_of(R"({"services": {"a.b": {"image": "x"}}})"),
              "/compose/services/a.b: the name in the swarm, 'demo_a.b', must begin and end with a letter or "
              "digit, and have only these and '-', '_' between\n");
    const std::string longest(58, 'a');
    EXPECT_EQ(stack_problems_of(R"({"services": {")" + longest + R"(": {"image": "x"}}})"), "");
    EXPECT_NE(stack_problems_of(R"({"services": {")" + longest + R"(a": {"image": "x"}}})")
                  .find("is longer than 63 characters"),
              std::string::npos);
}

TEST(StackProblems, NetworksMustSpanNodes) {
    EXPECT_EQ(
        stack_problems_of(R"({"services": {"web": {"image": "x", "networks": ["n"]}},
        "networks": {"n": {"driver": "bridge"}}})"),
        "/compose/services/web/networks/0: network 'n' has the driver bridge, whose networks are of one "
        "node: use overlay, or an external network\n");
}

std::string problems_with_config(const std::string& config) {
    return stack_problems_of(R"({"services": {"web": {"image": "x", "configs": ["c"]}}, "configs": {"c": )" +
                             config + "}}");
}

TEST(StackProblems, FilesMustBeKnownAndFit) {
    EXPECT_EQ(
        problems_with_config(R"({"content": ""})"),
        "/compose/configs/c: the content has 0 bytes; a config has at least 1 and fewer than 1024000\n");
    EXPECT_EQ(problems_with_config(R"({"content": "a", "name": "-a"})"),
              "/compose/configs/c: the name in the swarm, '-a', must begin and end with a letter or digit, "
              "and have only these and '-', '_', '.' between\n");
    EXPECT_EQ(problems_with_config(R"({"file": "f"})"),
              "/compose/configs/c/file: '/project/f': files cannot be read here\n");
    EXPECT_EQ(problems_with_config(R"({"environment": "NOPE"})"),
              "/compose/services/web/configs/0: config 'c' takes the variable 'NOPE', which is not set\n");
    EXPECT_EQ(problems_with_config(R"({"content": "a", "template_driver": "x"})"),
              "/compose/services/web/configs/0: config 'c' has a template_driver that the engine does not "
              "know: use golang\n");
    EXPECT_EQ(problems_with_config(R"({"external": true})"), "");
}

TEST(StackProblems, SecretsAreSmallerThanConfigs) {
    const std::string large(512'000, 'x');
    Input input = stack_input(R"({"services": {"web": {"image": "x", "secrets": ["s"], "configs": ["c"]}},
        "secrets": {"s": {"file": "s"}}, "configs": {"c": {"file": "s"}}})");
    input.read_file = [&](const std::string&) -> Result<std::string> { return large; };
    EXPECT_EQ(to_text(load(input).problems),
              "/compose/secrets/s: the content has 512000 bytes; a secret has at least 1 and fewer than "
              "512000\n");
}

TEST(StackProblems, RangesOfPortsCannotExhaustMemory) {
    std::string ports;
    for (int i = 1; i <= 50; ++i)
        ports += (i > 1 ? ",\"" : "\"") + std::string("1-65535:") + std::to_string(i) + "\"";
    EXPECT_EQ(stack_problems_of(web("\"ports\": [" + ports + "]")),
              "/compose/services/web/ports: too many ports in this document\n");
}

}  // namespace
}  // namespace dockerext::compose
