#include "cli/answers.hpp"
#include "support/noon.hpp"

#include <gtest/gtest.h>

namespace dockerext::cli {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::noon;

TEST(Answers, AStatusIsReadWhole) {
    const auto status = parse_status(
        R"({"version":1,"state":"degraded",)"
        R"("settings":{"sequence":7,"source":"azure","state":"rejected",)"
        R"("errors":[{"path":"/x","message":"bad"}]},)"
        R"("engine":{"state":"running","version":"20.10.24","api":"1.41",)"
        R"("since":"2024-01-31T12:00:00.000Z","message":"m"},)"
        R"("parts":[{"name":"engine.tls","state":"failed","message":"p"}],)"
        R"("services":[{"name":"web","state":"unhealthy","wanted":2,"running":1,)"
        R"("containers":[{"name":"demo-web-1","id":"c1","state":"running","health":"unhealthy",)"
        R"("image":"nginx:1"}],)"
        R"("drift":[{"field":"memory","have":"1","want":"2"}],"reason":"r","evidence":[{"what":"last output of demo-web-1","lines":["one"]}],)"
        R"("watching":{"since":"2024-01-31T12:00:00.000Z","seconds":10},)"
        R"("since":"2024-01-31T12:00:00.000Z",)"
        R"("attempts":3,"nextAttempt":"2024-01-31T12:00:01.000Z","inProgress":true}],)"
        R"("held":[{"subject":"network demo_default","service":null,"why":"conflict","reason":"h"}],)"
        R"("pausedUntil":null,"lastCycle":{"durationMs":1.5,"engineCalls":2},"change":3,"newer":{}})");
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(status->state, OverallState::degraded);
    EXPECT_EQ(status->settings.sequence, 7);
    EXPECT_EQ(status->settings.source, model::SettingsSource::azure);
    EXPECT_EQ(status->settings.state, SettingsState::rejected);
    EXPECT_EQ(status->settings.errors, (std::vector<Problem>{{"/x", "bad"}}));
    EXPECT_EQ(status->engine.state, EngineState::running);
    EXPECT_EQ(status->engine.version + status->engine.api + status->engine.message, "20.10.241.41m");
    EXPECT_EQ(status->engine.since, noon);
    ASSERT_EQ(status->parts.size(), 1U);
    EXPECT_EQ(status->parts[0].state, PartState::failed);
    EXPECT_EQ(status->parts[0].name + status->parts[0].message, "engine.tlsp");
    ASSERT_EQ(status->services.size(), 1U);
    const ServiceStatus& web = status->services[0];
    EXPECT_EQ(web.name.value, "web");
    EXPECT_EQ(web.state, ServiceState::unhealthy);
    EXPECT_EQ(web.desired_replicas, 2U);
    EXPECT_EQ(web.running, 1U);
    ASSERT_EQ(web.containers.size(), 1U);
    EXPECT_EQ(web.containers[0].image.value, "nginx:1");
    EXPECT_EQ(web.containers[0].health, model::Health::unhealthy);
    EXPECT_EQ(web.drift, (std::vector<Change>{{"memory", "1", "2"}}));
    EXPECT_EQ(web.evidence, (std::vector<Evidence>{{"last output of demo-web-1", {"one"}}}));
    ASSERT_TRUE(web.watching);
    EXPECT_EQ(web.watching->since, noon);
    EXPECT_EQ(web.watching->duration, 10s);
    EXPECT_EQ(web.since, noon);
    EXPECT_EQ(web.attempts, 3U);
    EXPECT_TRUE(web.in_progress);
    EXPECT_EQ(web.next_attempt, noon + 1s);
    ASSERT_EQ(status->held.size(), 1U);
    EXPECT_EQ(status->held[0].subject, subject_of(NetworkName{"demo_default"}));
    EXPECT_FALSE(status->held[0].service);
    EXPECT_EQ(status->held[0].why, Held::Why::conflict);
    EXPECT_FALSE(status->paused_until);
}

TEST(Answers, ASwarmAndItsNodesAreRead) {
    const auto status = parse_status(
        R"({"state":"idle","swarm":{"state":"active","role":"manager","cluster":"c","node":"n1",)"
        R"("address":"10.0.0.4","nodes":[{"id":"n1","name":"m1","role":"manager","availability":"drain",)"
        R"("state":"ready","reachability":"leader","engine":"20.10.24","address":"10.0.0.4"}]}})");
    ASSERT_TRUE(status) << status.error().message();
    SwarmStatus expected{LocalNodeState::active, SwarmRole::manager, "c", "n1", "10.0.0.4", {}};
    expected.nodes = {{"n1", "m1", SwarmRole::manager, NodeAvailability::drain, NodeState::ready, "leader",
                       "20.10.24", "10.0.0.4"}};
    EXPECT_EQ(status->swarm, expected);
    EXPECT_FALSE(parse_status(R"({"state":"idle","swarm":null})")->swarm);
    const auto locked = parse_status(R"({"state":"idle","swarm":{"state":"locked","role":""}})");
    ASSERT_TRUE(locked) << locked.error().message();
    EXPECT_EQ(locked->swarm->state, LocalNodeState::locked);
    EXPECT_FALSE(locked->swarm->role);
}

TEST(Answers, TokensAreRead) {
    const auto access =
        parse_tokens(R"({"workerToken":"w","managerToken":"m","unlockKey":"k","managerEngine":"20.10.24"})");
    ASSERT_TRUE(access) << access.error().message();
    EXPECT_EQ(access->worker_token.reveal(), "w");
    EXPECT_EQ(access->manager_token.reveal(), "m");
    EXPECT_EQ(access->unlock_key.reveal(), "k");
    EXPECT_EQ(access->manager_engine, "20.10.24");
}

TEST(Answers, APauseWithoutATimeHasNoEnd) {
    EXPECT_EQ(parse_status(R"({"state":"paused","pausedUntil":null})")->paused_until, WallTime::max());
    EXPECT_EQ(parse_status(R"({"state":"paused","pausedUntil":"2024-01-31T12:00:00Z"})")->paused_until, noon);
}

TEST(Answers, APlanAHistoryAndAnExplanationAreRead) {
    const std::string steps =
        R"("steps":[{"id":1,"after":[0],"verb":"start","object":"demo-web-1","service":null,"reason":"r",)"
        R"("changes":[{"field":"f","have":"h","want":"w"}],"waitsFor":"db"}],"held":[])";
    const std::string entries =
        R"([{"id":5,"time":"2024-01-31T12:00:00.000Z","verb":"start","object":"o","service":"web",)"
        R"("reason":"r",)"
        R"("changes":[],"status":"failed","error":"e","tookMs":301}])";
    const auto plan = parse_plan("{" + steps + "}");
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(plan->steps.at(0).after, std::vector<std::uint64_t>{0});
    EXPECT_EQ(plan->steps.at(0).service, "");
    EXPECT_EQ(plan->steps.at(0).waits_for, "db");
    EXPECT_EQ(plan->steps.at(0).changes, (std::vector<Change>{{"f", "h", "w"}}));
    const auto history = parse_history(R"({"entries":)" + entries + R"(,"more":true})");
    ASSERT_TRUE(history) << history.error().message();
    EXPECT_TRUE(history->more);
    EXPECT_EQ(history->entries.at(0).time, noon);
    EXPECT_EQ(history->entries.at(0).status, state::JournalEntry::Status::failed);
    EXPECT_EQ(history->entries.at(0).took, 301ms);
    EXPECT_EQ(history->entries.at(0).error, "e");
    const auto explained = parse_explanation(R"({"service":{"name":"web","state":"running"},"plan":{)" +
                                             steps + R"(},"history":)" + entries + "}");
    ASSERT_TRUE(explained) << explained.error().message();
    EXPECT_EQ(explained->service.name.value, "web");
    EXPECT_EQ(explained->plan.steps.size(), 1U);
    EXPECT_EQ(explained->history.size(), 1U);
    EXPECT_FALSE(explained->object);
    const auto network = parse_explanation(
        R"({"object":{"what":"network demo_default","state":"present","reason":"r","facts":[{"name":"driver",)"
        R"("text":"bridge"}]},"plan":{"steps":[]},"history":[]})");
    ASSERT_TRUE(network) << network.error().message();
    EXPECT_EQ(network->object->subject, subject_of(NetworkName{"demo_default"}));
    EXPECT_EQ(network->object->facts, (std::vector<ObjectStatus::Fact>{{"driver", "bridge"}}));
}

TEST(Answers, EveryStateRoundTrips) {
    for (const std::string state : {"ok", "pending", "failed", "unmanaged"}) {
        const auto status = parse_status(R"({"state":"idle","parts":[{"state":")" + state + R"("}]})");
        ASSERT_TRUE(status) << status.error().message();
        EXPECT_EQ(to_string(status->parts.at(0).state), state);
    }
    for (const std::string state : {"none", "pending", "accepted", "rejected", "rolled back"}) {
        const auto status = parse_status(R"({"state":"idle","settings":{"state":")" + state + R"("}})");
        ASSERT_TRUE(status) << status.error().message();
        EXPECT_EQ(to_string(status->settings.state), state);
    }
    for (const std::string state : {"running", "unreachable", "not answering", "unknown"}) {
        const auto status = parse_status(R"({"state":"idle","engine":{"state":")" + state + R"("}})");
        ASSERT_TRUE(status) << status.error().message();
        EXPECT_EQ(to_string(status->engine.state), state);
    }
    for (const std::string state : {"inactive", "pending", "active", "error", "locked"}) {
        const auto status = parse_status(R"({"state":"idle","swarm":{"state":")" + state + R"("}})");
        ASSERT_TRUE(status) << status.error().message();
        EXPECT_EQ(to_string(status->swarm->state), state);
    }
    for (const std::string state : {"under way", "done", "failed", "interrupted"}) {
        const auto history = parse_history(R"({"entries":[{"status":")" + state + R"("}]})");
        ASSERT_TRUE(history) << history.error().message();
        EXPECT_EQ(to_string(history->entries.at(0).status), state);
    }
}

TEST(Answers, ReportsInvalidAnswers) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "the daemon's answer"},
        {"[]", "expected object"},
        {R"({"state":"glorious"})", "/state: unknown word 'glorious'"},
        {R"({"state":"idle","settings":{"state":"odd"}})", "/settings/state: unknown word 'odd'"},
        {R"({"state":"idle","engine":{"state":"odd"}})", "/engine/state: unknown word 'odd'"},
        {R"({"state":"idle","parts":[{"state":"odd"}]})", "/parts/0/state: unknown word 'odd'"},
        {R"({"state":"idle","swarm":{"state":"odd"}})", "/swarm/state: unknown word 'odd'"},
        {R"({"state":"idle","swarm":{"state":"active","role":"odd"}})", "/swarm/role: unknown word 'odd'"},
        {R"({"state":"idle","services":7})", "/services: expected array"},
        {R"({"state":"idle","services":[{"state":"odd"}]})", "/services/0/state: unknown word 'odd'"},
        {R"({"state":"idle","pausedUntil":"noon"})", "/pausedUntil: not an ISO time"},
        {R"({"state":"idle","services":[{"state":"running","wanted":-1}]})",
         "/services/0/wanted: out of range"},
    };
    for (const auto& [json, expected] : cases) {
        SCOPED_TRACE(json);
        const auto status = parse_status(json);
        ASSERT_FALSE(status);
        EXPECT_NE(status.error().message().find(expected), std::string::npos) << status.error().message();
    }
}

}  // namespace
}  // namespace dockerext::cli
