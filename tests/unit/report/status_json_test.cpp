#include "report/status_json.hpp"

#include "base/json_document.hpp"

#include "support/noon.hpp"

#include <gtest/gtest.h>

namespace dockerext::report {
namespace {

using namespace model;
using namespace std::chrono_literals;

using test::noon;

Status busy_status() {
    Status status;
    status.state = OverallState::degraded;
    status.settings = {7,
                       SettingsSource::by_operator,
                       SettingsState::rejected,
                       {{"/compose/web", "expected object, found number"}}};
    status.engine = {EngineState::running, "20.10.24", "1.41", "", noon};
    status.parts = {{"engine.tls", PartState::unmanaged, "left unchanged"}};
    status.swarm = SwarmStatus{LocalNodeState::active, SwarmRole::manager, "c", "n1", "10.0.0.4", {}};
    status.swarm->nodes = {
        {"n1", "m1", SwarmRole::manager, NodeAvailability::drain, NodeState::ready, "leader", "20.10.24",
         "10.0.0.4"},
        {"n2", "w1", SwarmRole::worker, NodeAvailability::active, NodeState::down, "", "26.1.5", "10.0.0.7"}};
    ServiceStatus& web = status.services.emplace_back();
    web.name = {"web"};
    web.state = ServiceState::failed;
    web.desired_replicas = 2;
    web.running = 1;
    web.containers = {
        {{"demo-web-1"}, {"c1"}, ContainerState::exited, Health::unhealthy, {"nginx:1"}, "sha256:ab"}};
    web.drift = {{"memory", "64 MiB", "128 MiB"}};
    web.reason = "exited with code 1, watching";
    web.evidence = {{"last output of demo-web-1", {"one", "two"}}};
    web.watching = Watching{noon - 3s, 10s};
    web.since = noon - 5min;
    web.attempts = 3;
    web.next_attempt = noon + 1500ms;
    web.in_progress = true;
    web.image_check = {noon - 1min, "sha256:cd", "no answer"};
    web.pull = {1, 5};
    status.held = {
        {subject_of(NetworkName{"demo_default"}), {}, Held::Why::conflict, "not ours", {}},
        {subject_of(ImageRef{"nginx:1"}), ServiceName{"web"}, Held::Why::backoff, "pull failed", {}}};
    status.paused_until = noon + 1h;
    status.last_cycle = {12345us, 17};
    status.change = 5;
    status.next_wake_up = {noon + 5min, "next full check"};
    return status;
}

TEST(StatusJson, HasEverythingInTheStableFormat) {
    EXPECT_EQ(
        to_json(busy_status()),
        R"({"version":1,"state":"degraded",)"
        R"("settings":{"sequence":7,"source":"operator","state":"rejected",)"
        R"("errors":[{"path":"/compose/web","message":"expected object, found number"}]},)"
        R"("engine":{"state":"running","version":"20.10.24","api":"1.41",)"
        R"("since":"2024-01-31T12:00:00.000Z","message":""},)"
        R"("parts":[{"name":"engine.tls","state":"unmanaged","message":"left unchanged","final":false}],)"
        R"("swarm":{"state":"active","role":"manager","cluster":"c","node":"n1","address":"10.0.0.4",)"
        R"("nodes":[{"id":"n1","name":"m1","role":"manager","availability":"drain","state":"ready",)"
        R"("reachability":"leader","engine":"20.10.24","address":"10.0.0.4"},)"
        R"({"id":"n2","name":"w1","role":"worker","availability":"active","state":"down",)"
        R"("reachability":"","engine":"26.1.5","address":"10.0.0.7"}]},)"
        R"("services":[{"name":"web","state":"failed","wanted":2,"running":1,)"
        R"("containers":[{"name":"demo-web-1","id":"c1","state":"exited","health":"unhealthy",)"
        R"("image":"nginx:1","digest":"sha256:ab"}],)"
        R"("drift":[{"field":"memory","have":"64 MiB","want":"128 MiB"}],"reason":"exited with code 1, watching",)"
        R"("evidence":[{"what":"last output of demo-web-1","lines":["one","two"]}],)"
        R"("watching":{"since":"2024-01-31T11:59:57.000Z","seconds":10},)"
        R"("since":"2024-01-31T11:55:00.000Z","attempts":3,"nextAttempt":"2024-01-31T12:00:01.500Z","inProgress":true,)"
        R"("imageCheck":{"checkedAt":"2024-01-31T11:59:00.000Z","newer":"sha256:cd","error":"no answer"},)"
        R"("pull":{"doneBytes":1,"totalBytes":5}}],)"
        R"("held":[{"subject":"network demo_default","service":null,"why":"conflict","reason":"not ours"},)"
        R"({"subject":"image nginx:1","service":"web","why":"backoff","reason":"pull failed"}],)"
        R"("pausedUntil":"2024-01-31T13:00:00.000Z","lastCycle":{"durationMs":12.345,"engineCalls":17},)"
        R"("nextWakeUp":{"at":"2024-01-31T12:05:00.000Z","reason":"next full check"},"change":5})");
}

TEST(StatusJson, WritesAbsentTimesAsNull) {
    Status status;
    status.services.emplace_back().name = {"web"};
    EXPECT_EQ(
        to_json(status),
        R"({"version":1,"state":"idle","settings":{"sequence":0,"source":"","state":"none","errors":[]},)"
        R"("engine":{"state":"unknown","version":"","api":"","since":null,"message":""},"parts":[],)"
        R"("swarm":null,)"
        R"("services":[{"name":"web","state":"pending","wanted":1,"running":0,"containers":[],"drift":[],)"
        R"("reason":"","evidence":[],"watching":null,"since":null,"attempts":0,"nextAttempt":null,"inProgress":false,)"
        R"("imageCheck":{"checkedAt":null,"newer":"","error":""},"pull":null}],)"
        R"("held":[],"pausedUntil":null,"lastCycle":{"durationMs":0.0,"engineCalls":0},"nextWakeUp":null,"change":0})");
}

TEST(StatusJson, HasNoRoleBeforeTheMachineIsAMember) {
    Status status;
    status.swarm = SwarmStatus{};
    EXPECT_NE(to_json(status).find(
                  R"("swarm":{"state":"inactive","role":"","cluster":"","node":"","address":"","nodes":[]})"),
              std::string::npos);
}

TEST(StatusJson, HasNoTimeForAnUnlimitedPause) {
    Status status;
    status.state = OverallState::paused;
    status.paused_until = WallTime::max();
    EXPECT_NE(to_json(status).find(R"("pausedUntil":null)"), std::string::npos);
}

TEST(StatusJson, IsReadableWhateverTheEngineSays) {
    using namespace std::string_literals;
    Status status = busy_status();
    status.services.front().reason = "bad \xFF\xC0\xAF and \0 and \x1b[31m and \"quotes\""s;
    const std::string json = to_json(status);
    const auto document = JsonDocument::parse(json);
    ASSERT_TRUE(document) << document.error().message();
    EXPECT_EQ(document->root().at("services")->items()->front().at("reason")->string().value(),
              "bad ��� and � and \x1b[31m and \"quotes\"");
}

TEST(StatusJson, WritesOneServiceAsInTheFullStatus) {
    const Status status = busy_status();
    EXPECT_NE(to_json(status).find(to_json(status.services.front())), std::string::npos);
}

}  // namespace
}  // namespace dockerext::report
