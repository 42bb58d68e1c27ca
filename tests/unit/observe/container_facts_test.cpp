#include "observe/container_facts.hpp"

#include "base/json_document.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace dockerext::observe {
namespace {

using model::ContainerState;
using model::Health;
using model::ObservedContainer;

/// Reads an inspect with `members` and the few members that are always present.
Result<ObservedContainer> read(const std::string& members) {
    std::string text = R"({"Id":"1f","Name":"/demo-web-1")";
    if (members.find(R"("State")") == std::string::npos) text += R"(,"State":{"Status":"running"})";
    text += (members.empty() ? "" : "," + members) + "}";
    const auto document = JsonDocument::parse(text);
    if (!document) return document.error();
    return read_container(document->root(), {});
}

std::string config(const std::string& members) { return R"("Config":{)" + members + "}"; }
std::string host(const std::string& members) { return R"("HostConfig":{)" + members + "}"; }
std::string networks(const std::string& mode, const std::string& members) {
    return R"("HostConfig":{"NetworkMode":")" + mode + R"("},"NetworkSettings":{"Networks":{)" + members +
           "}}";
}

struct Fact {
    std::string inspect;
    std::function<bool(const ObservedContainer&)> holds;
};

void expect_all(const std::vector<Fact>& facts) {
    for (const Fact& fact : facts) {
        SCOPED_TRACE(fact.inspect);
        const auto container = read(fact.inspect);
        ASSERT_TRUE(container) << container.error().message();
        EXPECT_TRUE(fact.holds(*container));
    }
}

TEST(ContainerFacts, AnAlmostEmptyInspectReadsAsAnEmptySpec) {
    const auto container = read("");
    ASSERT_TRUE(container) << container.error().message();
    EXPECT_EQ(container->id.value, "1f");
    EXPECT_EQ(container->name.value, "demo-web-1");
    EXPECT_EQ(container->state, ContainerState::running);
    EXPECT_EQ(container->health, Health::none);
    EXPECT_TRUE(container->spec == model::ContainerSpec{});
}

TEST(ContainerFacts, NullCountsAsAbsent) {
    expect_all(
        {{R"("Config":null,"HostConfig":null,"NetworkSettings":null,"Mounts":null,"Created":null)",
          [](const auto& c) { return c.spec == model::ContainerSpec{}; }},
         {config(R"("Env":null,"Cmd":null,"Healthcheck":null,"StopTimeout":null,"Labels":null)") + "," +
              host(R"("Binds":null,"Mounts":null,"Init":null,"PortBindings":{"80/tcp":null},"Ulimits":null)"),
          [](const auto& c) { return c.spec == model::ContainerSpec{}; }},
         {networks("n", R"("n":null)"), [](const auto& c) { return c.spec.networks.size() == 1; }}});
}

TEST(ContainerFacts, ReadsTheState) {
    expect_all(
        {{R"("State":{"Status":"exited","ExitCode":137,"Error":"oom"})",
          [](const auto& c) {
              return c.state == ContainerState::exited && c.exit_code == 137 && c.error == "oom";
          }},
         {R"("State":{"Status":"running","Health":{"Status":"unhealthy","FailingStreak":3}})",
          [](const auto& c) { return c.health == Health::unhealthy; }},
         {R"("State":{"Status":"running","Health":{"Status":"unhealthy","FailingStreak":2}})",
          [](const auto& c) { return c.health == Health::starting; }},  // just unpaused
         {R"("State":{"Status":"running","Health":{"Status":"unhealthy","FailingStreak":2}},)" +
              config(R"("Healthcheck":{"Test":["CMD","x"],"Retries":2})"),
          [](const auto& c) { return c.health == Health::unhealthy; }},
         {R"("State":{"Status":"exited","Health":{"Status":"unhealthy","FailingStreak":0}})",
          [](const auto& c) { return c.health == Health::unhealthy; }},
         {R"("State":{"Status":"running","Health":{"Status":"unhealthy","FailingStreak":3,"Log":[)"
          R"({"ExitCode":1,"Output":"first"},{"ExitCode":7,"Output":"no answer\n"}]}})",
          [](const auto& c) {
              return c.failed_check == model::HealthCheckRun{7, "no answer\n"};
          }},
         {R"("State":{"Status":"running","Health":{"Status":"healthy","Log":[{"ExitCode":0,"Output":"ok"}]}})",
          [](const auto& c) { return !c.failed_check; }},
         {R"("State":{"Status":"exited","ExitCode":137,"OOMKilled":true})",
          [](const auto& c) { return c.out_of_memory; }},
         {R"("State":{"Status":"created","ExitCode":127,"Error":"failed to create shim task: OCI runtime create )"
          R"(failed: runc create failed: unable to start container process: exec: no such file: unknown"})",
          [](const auto& c) { return c.error == "exec: no such file"; }},
         {R"("RestartCount":3)", [](const auto& c) { return c.restart_count == 3; }},
         {R"("State":{"Status":"running","Health":{"Status":"none"}})",
          [](const auto& c) { return c.health == Health::none; }},
         {R"("State":{"Status":"created","StartedAt":"0001-01-01T00:00:00Z"})",
          [](const auto& c) { return c.started_at == model::WallTime{}; }},
         {R"("State":{"Status":"running","StartedAt":"1970-01-01T00:00:02.000000003Z"})", [](const auto& c) {
              return c.started_at.time_since_epoch() == std::chrono::nanoseconds(2'000'000'003);
          }}});
}

TEST(ContainerFacts, TheSlotComesFromTheLabels) {
    expect_all({{config(R"("Labels":{"com.docker.compose.project":"demo","com.docker.compose.service":"web",)"
                        R"("com.docker.compose.container-number":"3","com.docker.compose.oneoff":"False",)"
                        R"("com.docker.compose.config-hash":"h"})"),
                 [](const auto& c) {
                     return c.slot == model::Slot{{"web"}, 3};
                 }}});
}

TEST(ContainerFacts, ReadsTheConfig) {
    expect_all({{config(R"("Env":["A=1=2","B","C="])"),
                 [](const auto& c) {
                     return c.spec.environment == std::map<std::string, std::optional<std::string>>{
                                                      {"A", "1=2"}, {"B", std::nullopt}, {"C", ""}};
                 }},
                {config(R"("Cmd":[],"Entrypoint":["sh"])"),
                 [](const auto& c) { return c.spec.command->empty() && c.spec.entrypoint->at(0) == "sh"; }},
                {config(R"("Healthcheck":{"Test":["NONE"],"Interval":0,"Retries":0})"),
                 [](const auto& c) {
                     return c.spec.healthcheck->test.at(0) == "NONE" && !c.spec.healthcheck->interval &&
                            !c.spec.healthcheck->retries;
                 }},
                {config(R"("Healthcheck":{"StartInterval":5000000000,"Retries":2})"),
                 [](const auto& c) {
                     return c.spec.healthcheck->start_interval == std::chrono::seconds(5) &&
                            c.spec.healthcheck->retries == 2;
                 }},
                {config(R"("StopTimeout":0,"ExposedPorts":{"80/tcp":{},"3000":{}})"), [](const auto& c) {
                     return c.spec.stop_timeout == std::chrono::seconds(0) &&
                            c.spec.exposed_ports == std::set<std::string>{"3000", "80/tcp"};
                 }}});
}

TEST(ContainerFacts, ReadsTheHostConfig) {
    using Kind = model::RestartPolicy::Kind;
    expect_all(
        {{host(R"("RestartPolicy":{"Name":"","MaximumRetryCount":0})"),
          [](const auto& c) { return c.spec.restart.kind == Kind::no; }},
         {host(R"("RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3})"),
          [](const auto& c) {
              return c.spec.restart == model::RestartPolicy{Kind::on_failure, 3};
          }},
         {host(R"("CapAdd":["net_admin","CAP_SYS_TIME"],"CapDrop":["ALL"])"),
          [](const auto& c) {
              return c.spec.cap_add == std::set<std::string>{"CAP_NET_ADMIN", "CAP_SYS_TIME"} &&
                     c.spec.cap_drop == std::set<std::string>{"ALL"};
          }},
         {host(R"("LogConfig":{"Type":"","Config":null})"), [](const auto& c) { return !c.spec.logging; }},
         {host(R"("LogConfig":{"Type":"local","Config":{"max-size":"1m"}})"),
          [](const auto& c) {
              return c.spec.logging == model::Logging{"local", {{"max-size", "1m"}}};
          }},
         {host(R"("MaskedPaths":[],"ReadonlyPaths":[])"),
          [](const auto& c) {
              return c.spec.security_opt == std::vector<std::string>{"systempaths=unconfined"};
          }},
         {host(R"("MaskedPaths":[],"ReadonlyPaths":[],"Privileged":true)"),
          [](const auto& c) { return c.spec.security_opt.empty(); }},
         {host(R"("Links":["/demo-db-1:/demo-web-1/db","cache:c"])"),
          [](const auto& c) {
              return c.spec.links == std::vector<std::string>{"demo-db-1:db", "cache:c"};
          }},
         {host(R"("PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]})"),
          [](const auto& c) { return c.spec.port_bindings.at("80/tcp").at(0).host_port == "8080"; }},
         {host(R"("Ulimits":[{"Name":"core","Soft":-1,"Hard":-1}],"MemorySwap":-1)"), [](const auto& c) {
              return c.spec.ulimits.at("core") == model::Ulimit{model::Unlimited{}, model::Unlimited{}} &&
                     c.spec.memory_swap == model::MemoryLimit(model::Unlimited{});
          }}});
}

TEST(ContainerFacts, ReadsItsNetworkEndpoints) {
    expect_all(
        {{networks("n", R"("n":{"Aliases":["web","0123456789ab"],"NetworkID":"77"})"),
          [](const auto& c) {
              return c.spec.networks.at({"n"}).aliases == std::set<std::string>{"web"} &&
                     c.attached.at({"n"}).value == "77";
          }},
         {networks("n", R"("n":{"IPAMConfig":{"IPv4Address":"10.0.0.9"}},"m":{"IPAMConfig":null})"),
          [](const auto& c) {
              return c.spec.networks.at({"n"}).ipv4_address == "10.0.0.9" &&
                     c.spec.networks.at({"n"}).has_ipam_config && !c.spec.networks.at({"m"}).has_ipam_config;
          }},
         {networks("77", R"("n":{"NetworkID":"77"})"),
          [](const auto& c) { return c.spec.network_mode == "n"; }},
         {networks("n", R"("n":{"Links":["demo-db-1:db"]})"),
          [](const auto& c) { return c.spec.links == std::vector<std::string>{"demo-db-1:db"}; }},
         {networks("host", R"("host":{"NetworkID":"1"})"),
          [](const auto& c) { return c.spec.networks.empty() && c.attached.empty(); }},
         {networks("none", R"("none":{"NetworkID":"1"})"), [](const auto& c) { return c.attached.empty(); }},
         {networks("container:1f", ""),
          [](const auto& c) { return c.spec.network_mode == "container:1f"; }}});
}

TEST(ContainerFacts, AWrongTypeIsAnErrorWithItsPath) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"("Config":[])", "/Config: expected object, found array"},
        {config(R"("Env":[1])"), "/Config/Env/0: expected string, found number"},
        {host(R"("Memory":"64m")"), "/HostConfig/Memory: expected integer, found string"},
        {host(R"("PortBindings":{"80/tcp":{}})"),
         "/HostConfig/PortBindings/80~1tcp: expected array, found object"},
        {host(R"("RestartPolicy":{"Name":"sometimes"})"),
         "/HostConfig/RestartPolicy: unknown restart policy 'sometimes'"},
        {R"("State":{"Status":"asleep"})", "/State: unknown state 'asleep'"},
        {R"("State":{"Status":"running","StartedAt":"today"})", "/State/StartedAt: not a time: today"},
        {networks("n", R"("n":{"Aliases":"web"})"),
         "/NetworkSettings/Networks/n/Aliases: expected array, found string"},
    };
    for (const auto& [inspect, message] : cases) {
        SCOPED_TRACE(inspect);
        const auto container = read(inspect);
        ASSERT_FALSE(container);
        EXPECT_EQ(container.error().message(), message);
    }
}

}  // namespace
}  // namespace dockerext::observe
