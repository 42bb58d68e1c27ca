#include "plan/plan_text.hpp"

#include "base/json_document.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

TEST(PlanText, HasOneLinePerStepAndPerHeldSubject) {
    Plan plan;
    plan.steps.push_back({.operation = CreateVolume{},
                          .subject = subject_of(VolumeName{"data"}),
                          .object = "data",
                          .reason = "not found"});
    plan.steps.push_back({.operation = StartContainer{ContainerId{"1"}},
                          .subject = web_subject(),
                          .service = ServiceName{"web"},
                          .object = "demo-web-1",
                          .reason = "not running",
                          .changes = {{"state", "exited", "running"}, {"name", "a", "b"}},
                          .after = {0},
                          .waits_for = "db to be healthy"});
    plan.held.push_back({web_subject(), ServiceName{"web"}, Held::Why::frozen, "it came back twice", {}});
    EXPECT_EQ(to_text(plan),
              "[] -> 0 create volume data: not found\n"
              "[0] -> 1 start demo-web-1: not running (state: exited → running; name: a → b); waits for db "
              "to be healthy\n"
              "held container web-1: frozen: it came back twice\n");
    EXPECT_EQ(
        to_json(plan),
        R"({"steps":[{"id":0,"after":[],"verb":"create volume","object":"data","subject":"volume data","service":null,"reason":"not found",)"
        R"("changes":[],"waitsFor":""},{"id":1,"after":[0],"verb":"start","object":"demo-web-1","subject":"container web-1","service":"web",)"
        R"("reason":"not running","changes":[{"field":"state","have":"exited","want":"running"},)"
        R"({"field":"name","have":"a","want":"b"}],"waitsFor":"db to be healthy"}],)"
        R"("held":[{"subject":"container web-1","service":"web","why":"frozen","reason":"it came back twice"}]})");
}

TEST(PlanText, OfNothingIsEmpty) {
    EXPECT_EQ(to_text(Plan{}), "");
    EXPECT_EQ(to_json(Plan{}), R"({"steps":[],"held":[]})");
}

TEST(PlanText, IsValidJsonForAnyValues) {
    World world = web_running();
    web_of(world).container.command = std::vector<std::string>{"sh", "-c", "echo \"a\\b\"\n\t\x01"};
    container_of(world).error = "bad \"port\"";
    const auto document = JsonDocument::parse(to_json(world.plan()));
    EXPECT_TRUE(document) << (document ? "" : document.error().message());
}

TEST(PlanText, HidesSecretsAndVariables) {
    World world = web_running();
    world.desired.redact = Redactor({Secret("hunter22")});
    ContainerSpec& want = web_of(world).container;
    want.environment["PASSWORD"] = "hunter22";
    want.environment["MODE"] = "plain-value";
    want.command = std::vector<std::string>{"login", "hunter22"};
    want.labels["note"] = "the word is hunter22";
    want.healthcheck = Healthcheck{.test = {"CMD", "curl", "-u", "me:hunter22"}};
    container_of(world).spec.hostname = "hunter22";
    back_off(world, subject_of(ImageRef{"busybox:1"}));
    world.history.failure_records.begin()->second.last_error = "401 for hunter22";
    web_of(world).pull_policy = PullPolicy::always;
    for (const std::string& text : {to_text(world.plan()), to_json(world.plan())}) {
        EXPECT_EQ(text.find("hunter22"), std::string::npos) << text;
        EXPECT_EQ(text.find("plain-value"), std::string::npos) << text;
        for (const char* field : {"environment.PASSWORD", "environment.MODE", "command", "labels.note",
                                  "healthcheck", "hostname"}) {
            EXPECT_NE(text.find(field), std::string::npos) << field << " in " << text;
        }
    }
}

}  // namespace
}  // namespace dockerext::plan
