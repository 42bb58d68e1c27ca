#include "compose/key.hpp"
#include "loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

struct RefusalRow {
    std::string members;
    std::string problem;  ///< relative to /compose/services/web
};

TEST(ServiceKeys, AreRefusedWithPlaceAndReason) {
    const std::vector<RefusalRow> table{
        {R"("imagee": "x")", "/imagee: unknown key 'imagee' of a service; did you mean 'image'?"},
        {R"("zzzzzzzz": "x")", "/zzzzzzzz: unknown key 'zzzzzzzz' of a service"},
        {R"("provider": {"type": "x"})",
         "/provider: 'provider' needs the docker compose program itself and is not supported"},
        {R"("deploy": {"replica": 2})",
         "/deploy/replica: unknown key 'replica' of deploy; did you mean 'replicas'?"},
        {R"("deploy": {"replicas": 2}, "scale": 3)",
         "/scale: 'scale' and 'deploy.replicas' contradict each other"},
        {R"("deploy": {"resources": {"limits": {"cpus": 1}}}, "cpus": 2)",
         "/cpus: 'cpus' and 'deploy.resources.limits.cpus' contradict each other"},
        {R"("deploy": {"resources": {"limits": {"cpus": "nan"}}})",
         "/deploy/resources/limits/cpus: expected number, found 'nan'"},
        {R"("deploy": {"resources": {"limits": {"cpus": -1}}})",
         "/deploy/resources/limits/cpus: expected a number of CPUs, 0 or more"},
        {R"("x-dockerextd": {"rollback": "always"})",
         "/x-dockerextd/rollback: expected never, found 'always'"},
        {R"("x-dockerextd": {"rollbak": "never"})",
         "/x-dockerextd/rollbak: unknown key 'rollbak' of x-dockerextd of a service; did you mean "
         "'rollback'?"},
        {R"("devices": [{"target": "/dev/x"}])", "/devices/0: 'source', the path on the host, is missing"},
        {R"("devices": [{"source": "/dev/x"}])",
         "/devices/0: 'target', the path in the container, is missing"},
        {R"("gpus": [{"count": 1, "device_ids": ["a"]}])",
         "/gpus/0: 'count' and 'device_ids' exclude each other"},
        {R"("gpus": "some")", "/gpus: expected all, or a list, found 'some'"},
        {R"("cgroup": "x")", "/cgroup: expected host or private, found 'x'"},
        {R"("secrets": ["nope"])", "/secrets/0: secret 'nope' is not defined"},
        {R"("configs": [{"source": "c", "mode": "9"}])",
         "/configs/0/mode: expected an octal number such as \"0440\", found '9'"},
        {R"("configs": [{"source": "c", "target": "/"}])",
         "/configs/0: 'target' is the root folder: name a file"},
        {R"("configs": [{"source": "c", "target": "a/.."}])",
         "/configs/0: 'target' is the root folder: name a file"},
        {R"("secrets": [{"source": "s", "target": "//./"}])",
         "/secrets/0: 'target' is the root folder: name a file"},
        {R"("post_start": [{"user": "x"}])", "/post_start/0: 'command' is missing"},
        {R"("hostname": 5)", "/hostname: expected string, found number"},
        {R"("hostname": null)", "/hostname: expected string, found null"},
        {R"("hostname": "${")", "/hostname: invalid interpolation '${': '}' is missing ($$ is a plain $)"},
        {R"("command": 5)", "/command: expected string or list, found number"},
        {R"("command": ["a", 5])", "/command/1: expected string, found number"},
        {R"x("command": "a (b)")x", "/command: invalid command line: a parenthesis must be quoted"},
        {R"("privileged": 1)", "/privileged: expected boolean, found number"},
        {R"("privileged": "1")", "/privileged: expected true or false, found '1'"},
        {R"("environment": {"A": []})",
         "/environment/A: expected string, number, boolean or null, found list"},
        {R"("environment": [5])", "/environment/0: expected string KEY=VALUE, found number"},
        {R"("environment": ["=x"])", "/environment: a variable without a name"},
        {R"("environment": ["A =1"])", "/environment/0: the variable's name ends with a blank: 'A '"},
        {R"("environment": ["A\t"])", "/environment/0: the variable's name ends with a blank: 'A\t'"},
        {R"("build": {"args": ["A =1"]})", "/build/args/0: the variable's name ends with a blank: 'A '"},
        {R"("pre_stop": [{"command": "a", "environment": ["A =1"]}])",
         "/pre_stop/0/environment/0: the variable's name ends with a blank: 'A '"},
        {R"("environment": {"": 1})", "/environment/: a key must not be empty"},
        {R"("labels": {"": "1"})", "/labels/: a key must not be empty"},
        {R"("deploy": {"labels": {"": "1"}})", "/deploy/labels/: a key must not be empty"},
        {R"("extra_hosts": {"": "1.2.3.4"})", "/extra_hosts/: a host needs a name"},
        {R"("environment": "A=1")", "/environment: expected map or list, found string"},
        {R"("ports": "80")", "/ports: expected list, found string"},
        {R"("ports": [80.5])", "/ports/0: expected port, string or map, found number"},
        {R"("ports": ["a:80"])", "/ports/0: invalid port 'a:80': host port is not a number or range: a"},
        {R"("ports": [{"published": 80}])", "/ports/0: 'target', the container's port, is missing"},
        {R"("ports": [{"target": 0}])", "/ports/0/target: expected a port from 1 to 65535"},
        {R"("ports": [{"target": "80-81"}])", "/ports/0/target: expected integer, found '80-81'"},
        {R"("ports": [{"target": 80, "published": "80a"}])",
         "/ports/0/published: '80a' is neither a port nor a range of ports"},
        {R"("ports": [{"target": 80, "protocol": "foo"}])",
         "/ports/0/protocol: expected tcp, udp or sctp, found 'foo'"},
        {R"("ports": [{"target": 80, "protocol": "TCPS"}])",
         "/ports/0/protocol: expected tcp, udp or sctp, found 'TCPS'"},
        {R"("ports": [{"target": 80, "mode": "hosst"}])",
         "/ports/0/mode: expected host or ingress, found 'hosst'"},
        {R"("ports": [{"target": 80, "host_ip": "localhost"}])",
         "/ports/0/host_ip: expected an IP address, found 'localhost'"},
        {R"("ports": [{"target": 80, "host_ip": "[::1]"}])",
         "/ports/0/host_ip: expected an IP address, found '[::1]'"},
        {R"("ports": [{"target": 80, "host_ip": ""}])", "/ports/0/host_ip: expected an IP address, found ''"},
        {R"("ports": [{"target": 80, "hostip": "x"}])",
         "/ports/0/hostip: unknown key 'hostip' of a port; did you mean 'host_ip'?"},
        {R"("expose": [3.5])", "/expose/0: expected port or string, found number"},
        {R"("volumes": [{"type": "foo", "target": "/b"}])",
         "/volumes/0/type: expected bind, volume, tmpfs or image, found 'foo'"},
        {R"("volumes": [{"type": "npipe", "target": "/b"}])",
         "/volumes/0/type: a mount of type npipe is for Windows or Swarm and is not supported"},
        {R"("volumes": [{"target": "/b"}])", "/volumes/0: 'type' is missing: bind, volume or tmpfs"},
        {R"("volumes": [{"type": "bind", "target": "/b"}])", "/volumes/0: a bind mount needs a 'source'"},
        {R"("volumes": [{"type": "bind", "source": "/a", "target": "b"}])",
         "/volumes/0: the target 'b' must be an absolute path"},
        {R"("volumes": [{"type": "bind", "source": "/a", "target": "/b", "bind": {"recursive": "x"}}])",
         "/volumes/0/bind/recursive: expected enabled, disabled, writable or readonly, found 'x'"},
        {R"("volumes": [{"type": "tmpfs", "target": "/b", "tmpfs": {"mode": "1777"}}])",
         "/volumes/0/tmpfs/mode: expected a number from 0 to 4095; JSON has no octal: 01777 is 1023"},
        {R"("volumes": ["/a:/b:"])", "/volumes/0: invalid mount '/a:/b:': a part between colons is empty"},
        {R"("volumes": ["$NOPE/etc:/x"])",
         "/volumes/0: this host path begins with the variable NOPE, which is not set; set NOPE, or "
         "write ${NOPE:-} if it may be empty"},
        {R"("restart": "foo")",
         "/restart: expected no, always, unless-stopped, on-failure or on-failure:N, found 'foo'"},
        {R"("restart": false)", "/restart: expected string, found boolean"},
        {R"("container_name": "x")",
         "/container_name: expected letters, digits, '_', '.' and '-', two at least, found 'x'"},
        {R"("pull_policy": "every_x")",
         "/pull_policy: expected always, missing, if_not_present, never, build, daily, weekly or "
         "every_DURATION "
         "as in every_12h, found 'every_x'"},
        {R"("scale": -1)", "/scale: expected a number from 0 to 10000"},
        {R"("scale": 1.5)", "/scale: expected integer, found 1.5"},
        {R"("stop_grace_period": 10)",
         "/stop_grace_period: expected string with a unit, as in \"10s\", found number"},
        {R"("stop_grace_period": "10")",
         "/stop_grace_period: invalid duration '10': a unit is missing, as in 10s"},
        {R"("mem_limit": 1.5)",
         "/mem_limit: expected whole number of bytes, or string as in \"64m\", found number"},
        {R"("mem_limit": "-1")",
         "/mem_limit: invalid size '-1': it must not be negative, as in 64m or 1.5gb"},
        {R"("cpus": "x")", "/cpus: expected number, found 'x'"},
        {R"("cpus": -1)", "/cpus: expected a number of CPUs, 0 or more"},
        {R"("ulimits": {"nofile": {"soft": 1}})", "/ulimits/nofile: 'soft' and 'hard' are both needed"},
        {R"("ulimits": {"nofile": "x"})", "/ulimits/nofile: expected integer, found 'x'"},
        {R"("logging": {"options": {"a": true}})",
         "/logging/options/a: expected string or number, found boolean"},
        {R"("healthcheck": {"test": ["foo"]})",
         "/healthcheck/test: a list must start with \"CMD\", \"CMD-SHELL\" or \"NONE\""},
        {R"("healthcheck": {"retries": -1})", "/healthcheck/retries: expected a count from 0 to 1000000000"},
        {R"("healthcheck": {"start_interval": "1s"})",
         "/healthcheck: 'start_interval' needs 'start_period' beside it"},
        {R"("develop": {"watch": [{"path": "a", "action": "teleport", "target": "/b"}]})",
         "/develop/watch/0/action: expected rebuild, sync, restart, sync+restart or sync+exec, found "
         "'teleport'"},
        {R"("develop": {"watch": [{"path": "a", "action": "Sync", "target": "/b"}]})",
         "/develop/watch/0/action: expected rebuild, sync, restart, sync+restart or sync+exec, found 'Sync'; "
         "did you mean 'sync'?"},
        {R"("develop": {"watch": [{"path": "a", "action": "sync"}]})",
         "/develop/watch/0: 'target', where to, is missing"},
        {R"("develop": {"watch": [{"path": "", "action": "rebuild"}]})",
         "/develop/watch/0: 'path', what to watch, is missing"},
        {R"("develop": {"watch": [{"path": "a"}]})", "/develop/watch/0: 'action' is missing"},
        {R"("develop": {"watch": [{"path": "a", "action": "sync+exec", "target": "/b", "exec": {}}]})",
         "/develop/watch/0/exec: 'command' is missing"},
        {R"("cpu_count": -1)", "/cpu_count: expected a whole number from 0 to 65535"},
        {R"("cpu_percent": 101)", "/cpu_percent: expected a whole number from 0 to 100"},
        {R"("cpu_percent": 1.5)", "/cpu_percent: expected a whole number from 0 to 100"},
        {R"("oom_score_adj": 1001)", "/oom_score_adj: expected a whole number from -1000 to 1000"},
        {R"("blkio_config": {"weight": -1})",
         "/blkio_config/weight: expected a whole number from 0 to 65535"},
        {R"("blkio_config": {"weight_device": [{"path": "/dev/x", "weight": -1}]})",
         "/blkio_config/weight_device/0/weight: expected a whole number from 0 to 65535"},
        {R"("group_add": ["a", 5, "5", "a"])", "/group_add/3: 'a' is listed twice"},
        {R"("external_links": ["a", "a"])", "/external_links/1: 'a' is listed twice"},
        {R"("device_cgroup_rules": ["a", "a"])", "/device_cgroup_rules/1: 'a' is listed twice"},
        {R"("volumes_from": ["container:a", "container:a"])",
         "/volumes_from/1: 'container:a' is listed twice"},
        {R"("extra_hosts": ["x"])", "/extra_hosts/0: expected \"host=ip\", found 'x'"},
        {R"("extra_hosts": ["a:b=c"])", "/extra_hosts/0: expected \"host=ip\", found 'a:b=c'"},
        {R"("security_opt": ["a", "a"])", "/security_opt/1: 'a' is listed twice"},
        {R"("cap_add": "X")", "/cap_add: expected list, found string"},
        {R"("profiles": "x")", "/profiles: expected list, found string"},
        {R"("networks": {"default": {"priority": "5"}})",
         "/networks/default/priority: expected number, found string"},
        {R"("ipc": "service:")", ": service '' is not defined"},
        {R"("ipc": "service:db")", ": service 'db' is not defined; did you mean 'web'?"},
        {R"("depends_on": {"web": {"condition": "foo"}})",
         "/depends_on/web/condition: expected service_started, service_healthy or "
         "service_completed_successfully, "
         "found 'foo'"},
        {R"("depends_on": {"web": {"condition": "service_started", "required": "false"}})",
         "/depends_on/web/required: expected boolean, found string"},
    };
    for (const RefusalRow& row : table) {
        const std::string problems = "\n" + problems_of(web(row.members));
        const std::string expected_problem = "\n/compose/services/web" + std::string(row.problem) + "\n";
        EXPECT_NE(problems.find(expected_problem), std::string::npos) << row.problem << problems;
    }
}

TEST(ServiceKeys, OfComposeAreReadOrReportedAsUnsupported) {
    for (const std::string_view key : compose_keys()) {
        const std::string problems = problems_of(web("\"" + std::string(key) + "\": {\"x\": []}"));
        EXPECT_EQ(problems.find("unknown key '" + std::string(key) + "' of a service"), std::string::npos)
            << key;
    }
    EXPECT_EQ(problems_of(web(R"("x-anything": {"a": 1})")), "");
}

TEST(ServiceKeys, AllProblemsAreReportedAtOnce) {
    const auto problems = load(input_of(R"({"services": {
        "a": {"imagee": "x", "ports": ["x", "y"]}, "b": {"image": "x", "networks": ["nope"]}}})"))
                              .problems;
    ASSERT_EQ(problems.size(), 5U);
    EXPECT_EQ(problems[0].path, "/compose/services/a");
    EXPECT_EQ(problems[1].path, "/compose/services/a/imagee");
    EXPECT_EQ(problems[2].path, "/compose/services/a/ports/0");
    EXPECT_EQ(problems[3].path, "/compose/services/a/ports/1");
    EXPECT_EQ(problems[4].path, "/compose/services/b/networks/0");
}

TEST(ServiceKeys, CannotExhaustMemory) {
    std::string ports;
    for (int i = 0; i < 100; ++i)
        ports += (i ? ",\"" : "\"") + std::to_string(i) + ".0.0.1:1-65535:1-65535\"";
    EXPECT_NE(problems_of(web("\"ports\": [" + ports + "]")).find("too many ports in this document"),
              std::string::npos);
}

TEST(Warnings, ReportDoubtfulValues) {
    const Loaded loaded = load(input_of(web(R"("tty": "yes", "command": "a && b", "hostname": "$NOPE")")));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    ASSERT_EQ(loaded.project->warnings.size(), 3U);
    EXPECT_EQ(loaded.project->warnings[0], "/compose/services/web/tty: 'yes' for a boolean: write true");
    EXPECT_TRUE(loaded.project->warnings[1].starts_with("/compose/services/web/command: everything after"));
    EXPECT_EQ(loaded.project->warnings[2],
              "/compose/services/web/hostname: the variable NOPE is not set; it becomes an empty string");
}

TEST(Warnings, ReportSwarmOnlyKeysOfDeploy) {
    const Loaded loaded = load(input_of(web(R"("deploy": {"replicas": 2, "mode": "replicated",
        "update_config": {"monitor": "20m", "order": "start-first", "x-mine": 1, "failure_action": "rollback", "delay": "25h", "parallelism": 20000},
        "rollback_config": {"monitor": "20m", "failure_action": "rollback"}})")));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    std::vector<std::string> warnings = loaded.project->warnings;
    std::sort(warnings.begin(), warnings.end());
    const std::string deploy = "/compose/services/web/deploy/";
    EXPECT_EQ(
        warnings,
        (std::vector<std::string>{
            deploy + "mode: deploy.mode is for Swarm and has no effect, as in Compose",
            deploy +
                "rollback_config/failure_action: expected pause or continue, found 'rollback'; using pause",
            deploy + "rollback_config/monitor: is not between 0s and 10m; using 10m0s",
            deploy + "update_config/delay: is not between 0s and 24h; using 24h0m0s",
            deploy + "update_config/monitor: is not between 0s and 10m; using 10m0s",
            deploy + "update_config/parallelism: is not between 0 and 10000; using 10000"}));
    const Loaded unknown = load(input_of(web(
        R"("deploy": {"update_config": {"failure_action": "stop", "order": "start-first"}, "rollback_config": {"order": "start-first"}},
                              "ports": ["80:80"])")));
    ASSERT_TRUE(unknown.project) << to_text(unknown.problems);
    EXPECT_EQ(
        unknown.project->warnings,
        (std::vector<std::string>{
            deploy + "update_config/failure_action: expected pause, continue or rollback, found 'stop'; "
                     "using pause",
            deploy + "update_config/order: start-first is not possible, because it publishes port 80 of "
                     "the machine; using stop-first",
            deploy + "rollback_config/order: start-first is not possible, because it publishes port 80 of "
                     "the machine; using stop-first"}));
    EXPECT_EQ(
        load(input_of(web(R"("deploy": {"update_config": {"monitor": "10m"}})"))).project->warnings.size(),
        0U);
}

}  // namespace
}  // namespace dockerext::compose
