#include "loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

TEST(Consistency, FindsContradictions) {
    const std::vector<std::pair<std::string, std::string>> table{
        {R"({"services": {"web": {"image": "x", "networks": ["bakc"]}}, "networks": {"back": null}})",
         "/compose/services/web/networks/0: network 'bakc' is not defined; did you mean 'back'?"},
        {R"({"services": {"web": {"image": "x", "volumes": ["data:/d"]}}})",
         "/compose/services/web/volumes/0: volume 'data' is not defined"},
        {R"({"services": {"web": {"image": "x", "depends_on": ["nope"]}}})",
         "/compose/services/web/depends_on: service 'nope' is not defined"},
        {R"({"services": {"web": {"image": "x", "depends_on": {"nope": {"condition": "service_started", "required": false}}}}})",
         "/compose/services/web/depends_on/nope: service 'nope' is not defined"},
        {R"({"services": {"web": {"image": "x", "links": ["nope:n"]}}})",
         "/compose/services/web: service 'nope' is not defined"},
        {R"({"services": {"web": {"image": "x", "network_mode": "service:nope"}}})",
         "/compose/services/web: service 'nope' is not defined"},
        {R"({"services": {"web": {"image": "x", "depends_on": ["db"]}, "db": {"image": "x", "profiles": ["p"]}}})",
         "/compose/services/web/depends_on: the service 'db' is needed, but disabled by its profile"},
        {R"({"services": {"a": {"image": "x", "depends_on": ["b"]}, "b": {"image": "x", "depends_on": ["c"]},
             "c": {"image": "x", "depends_on": ["b", "d"]}, "d": {"image": "x"}}})",
         "/compose/services/b: dependency cycle: b -> c -> b"},
        {R"({"services": {"web": {"image": "x", "network_mode": "service:web"}}})",
         "/compose/services/web: dependency cycle: web -> web"},
        {R"({"services": {"a": {"image": "x", "container_name": "one"}, "b": {"image": "x", "container_name": "one"}}})",
         "/compose/services/b/container_name: 'one' is the container name of 'a' already"},
        {R"({"services": {"a": {"image": "x", "container_name": "one", "scale": 2}}})",
         "/compose/services/a/container_name: container_name is one name, but 'scale' asks for 2 containers"},
        {R"({"services": {"a": {"image": "x", "network_mode": "host", "networks": ["n"]}}, "networks": {"n": null}})",
         "/compose/services/a: 'network_mode' and 'networks' exclude each other"},
        {R"({"services": {"a": {}}})", "/compose/services/a: 'image' or 'build' is missing"},
        {R"({"services": {"a": {"image": "x", "tmpfs": "/b:size=1m", "volumes": ["/a:/b"]}}})",
         "/compose/services/a/volumes/0: duplicate mount on '/b'"},
        {R"({"services": {"a": {"image": "x", "volumes": [{"type": "bind", "source": "/a", "target": "/b"},
             {"type": "bind", "source": "/c", "target": "/b/"}]}}})",
         "/compose/services/a/volumes/1: duplicate mount on '/b'"},
        {R"({"services": {}, "volumes": {"v": {"external": true, "driver": "x"}}})",
         "/compose/volumes/v: an external volume cannot have driver, driver_opts or labels"},
        {R"({"services": {}, "networks": {"n": {"drivr": "x"}}})",
         "/compose/networks/n/drivr: unknown key 'drivr' of a network; did you mean 'driver'?"},
        {R"({"services": {"a": {"image": "x", "secrets": ["s"]}}, "secrets": {"s": {"external": true}}})",
         "/compose/services/a/secrets/0: secret 's' is external, which only Swarm supports: use 'file' or "
         "'environment'"},
        {R"({"services": {"a": {"image": "x", "secrets": ["s"]}}, "secrets": {"s": {"environment": "NOT_SET"}}})",
         "/compose/services/a/secrets/0: secret 's' takes the variable 'NOT_SET', which is not set"},
        {R"({"services": {"a": {"image": "x", "read_only": true, "configs": ["c"]}}, "configs": {"c": {"content": "b"}}})",
         "/compose/services/a/configs/0: config 'c' cannot be copied into a read_only container: use 'file'"},
        {R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_healthy"}}},
             "b": {"image": "x", "healthcheck": {"disable": true}}}})",
         "/compose/services/a/depends_on/b: 'b' can never be healthy, because its health check is disabled: "
         "enable it, or wait for service_started"},
        {R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_healthy"}}},
             "b": {"image": "x", "healthcheck": {"test": ["NONE"]}}}})",
         "/compose/services/a/depends_on/b: 'b' can never be healthy, because its health check is disabled: "
         "enable it, or wait for service_started"},
        {R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_completed_successfully"}}},
             "b": {"image": "x", "restart": "always"}}})",
         "/compose/services/a/depends_on/b: 'b' never completes, because its restart policy restarts it: "
         "change the policy, or wait for service_started"},
        {R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_completed_successfully"}}},
             "b": {"image": "x", "restart": "no", "deploy": {"restart_policy": {"condition": "any"}}}}})",
         "/compose/services/a/depends_on/b: 'b' never completes, because its restart policy restarts it: "
         "change the policy, or wait for service_started"},
        {R"({"services": {"a": {"image": "x", "network_mode": "service:b"}, "b": {"image": "x", "scale": 0}}})",
         "/compose/services/a/network_mode: 'b' has no container to share, because it is scaled to 0"},
        {R"({"services": {"a": {"image": "x", "pid": "service:b"},
             "b": {"image": "x", "deploy": {"replicas": 0}}}})",
         "/compose/services/a/pid: 'b' has no container to share, because it is scaled to 0"},
        {R"({"services": {"a": {"image": "x", "volumes_from": ["b:ro"]}, "b": {"image": "x", "scale": 0}}})",
         "/compose/services/a/volumes_from: 'b' has no container to share, because it is scaled to 0"},
    };
    for (const auto& [document, problem] : table) {
        const Loaded loaded = load(input_of(document));
        ASSERT_EQ(loaded.problems.size(), 1U) << document << '\n' << to_text(loaded.problems);
        EXPECT_EQ(loaded.problems[0].path + ": " + loaded.problems[0].message, problem);
    }
}

TEST(Consistency, AcceptsWhatComposeAccepts) {
    for (
        const std::string document : {
            R"({"services": {"a": {"image": "x", "container_name": "one", "scale": 1}}})",
            R"({"services": {"a": {"image": "x", "depends_on": ["b", "c"]}, "b": {"image": "x", "depends_on": ["c"]},
                 "c": {"image": "x"}}})",
            R"({"services": {"a": {"image": "x", "network_mode": "host", "ports": ["80:80"]}}})",
            R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_healthy"}}},
                 "b": {"image": "x", "scale": 0, "healthcheck": {"disable": true}}}})",
            R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_healthy"}}},
                 "b": {"image": "x", "healthcheck": {"interval": "1s"}}}})",
            R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_completed_successfully"}}},
                 "b": {"image": "x", "restart": "on-failure"}}})",
            R"({"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "service_completed_successfully"}}},
                 "b": {"image": "x", "restart": "always", "deploy": {"restart_policy": {"condition": "none"}}}}})",
            R"({"services": {"a": {"image": "x", "scale": 0, "network_mode": "service:b"},
                 "b": {"image": "x", "scale": 0}}})",
            R"({"services": {"a": {"image": "x", "links": ["b"]}, "b": {"image": "x", "scale": 0}}})",
            R"({"services": {"a": {"image": "x", "container_name": "one", "profiles": ["p"]},
                 "b": {"image": "x", "container_name": "one"}}})",
        }) {
        EXPECT_EQ(problems_of(document), "") << document;
    }
}

TEST(Consistency, WarnsOfAnOptionalDependencyThatIsNotWaitedFor) {
    const Loaded loaded = load(input_of(R"({"services": {"a": {"image": "x", "depends_on": {
        "b": {"condition": "service_healthy", "required": false}}},
        "b": {"image": "x", "healthcheck": {"disable": true}}}})"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    EXPECT_EQ(loaded.project->warnings,
              (std::vector<std::string>{
                  "/compose/services/a/depends_on/b: 'b' can never be healthy, because its health check is "
                  "disabled: enable it, or wait for service_started; not waiting for it"}));
}

TEST(Consistency, StandsALongChainOfDependencies) {
    std::string services;
    for (int i = 0; i < 5000; ++i) {
        services += (i ? "," : "") + ("\"s" + std::to_string(i) + R"(":{"image":"x","depends_on":["s)") +
                    std::to_string((i + 1) % 5000) + "\"]}";
    }
    const auto problems = load(input_of(R"({"services": {)" + services + "}}")).problems;
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_TRUE(problems[0].message.starts_with("dependency cycle: s0 -> s1 -> s2"));
}

}  // namespace
}  // namespace dockerext::compose
