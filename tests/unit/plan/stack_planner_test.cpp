// A stack on a swarm that does what the plan says: what is planned, in which order, and what is left alone.
#include "plan/stack_planner.hpp"

#include "plan/plan_text.hpp"
#include "plan/planner.hpp"
#include "stack_world.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using test::stack_service;
using test::StackWorld;

TEST(StackPlanner, CreatesWhatServicesNeedFirst) {
    StackWorld world;
    EXPECT_EQ(
        world.plan_text(),
        "[] -> 0 create network demo_default: not found\n"
        "[] -> 1 create config demo_app: not found\n"
        "[] -> 2 create secret demo_key: not found\n"
        "[] -> 3 create service demo_web: not found; waits for config demo_app, secret demo_key, network "
        "demo_default to be created\n");
    EXPECT_FALSE(world.plan().replaces_project);
    EXPECT_EQ(world.step(), "create network demo_default, create config demo_app, create secret demo_key");
    EXPECT_EQ(world.step(), "create service demo_web");
    EXPECT_EQ(world.step(), "");
    EXPECT_TRUE(world.plan().replaces_project);
    EXPECT_EQ(world.parts(),
              "stack ok: applied by this node, the swarm's leader\n"
              "stack.web ok: 2 of 2 tasks run\n");
    EXPECT_EQ(world.plan().kept, ProjectName{"demo"});
}

TEST(StackPlanner, OnlyTheLeaderPlans) {
    StackWorld world;
    world.swarm.nodes->at(0).leader = false;
    world.swarm.nodes->at(1).leader = true;
    EXPECT_EQ(world.plan_text(), "");
    EXPECT_EQ(world.parts(),
              "stack ok: applied by the leader m2 (10.0.0.5)\n"
              "stack.network demo_default pending: create network demo_default\n"
              "stack.config demo_app pending: create config demo_app\n"
              "stack.secret demo_key pending: create secret demo_key\n"
              "stack.web pending: waiting for config demo_app, secret demo_key, network demo_default\n");
}

TEST(StackPlanner, WorkersAndStrangersSeeNothingOfIt) {
    StackWorld world;
    world.swarm.manager = false;
    world.swarm.nodes.reset();
    EXPECT_EQ(stack_to_observe(world.desired, world.swarm, world.history.record), std::nullopt);
    EXPECT_EQ(world.parts(),
              "stack unmanaged: this node is a worker: managers apply the stack and see its state\n");
    EXPECT_TRUE(world.plan().replaces_project);
    world.swarm.state = LocalNodeState::inactive;
    EXPECT_EQ(world.parts(), "stack pending: waiting until this machine is in the swarm\n");
    EXPECT_FALSE(world.plan().replaces_project);
    world.swarm.state = LocalNodeState::active;
    world.swarm.manager = true;
    EXPECT_EQ(world.parts(), "stack pending: waiting until the swarm can be seen again\n");
    EXPECT_FALSE(world.plan().replaces_project);
}

TEST(StackPlanner, AStackThatCannotBeSeenIsUnknown) {
    StackWorld world;
    world.converge();
    const auto made = plan_stack(world.desired, world.swarm, Error(ErrorKind::unavailable, "no leader"),
                                 world.history, {}, {});
    EXPECT_EQ(to_text(made.plan), "held part stack: unknown: the stack cannot be seen: no leader\n");
    EXPECT_FALSE(made.replaces_project);
    EXPECT_EQ(made.kept, ProjectName{"demo"});
}

TEST(StackPlanner, DriftAndChangesAreUpdatesFieldByField) {
    StackWorld world;
    world.converge();
    world.service().spec = test::with(world.service().spec, R"({"Mode": {"Replicated": {"Replicas": 5}},
        "TaskTemplate": {"ContainerSpec": {"Env": ["A=1", "B=2"], "User": "daemon"}}})");
    EXPECT_EQ(world.plan_text(),
              "[] -> 0 update service demo_web: deploy.replicas, environment.B, user changed "
              "(deploy.replicas: 5 → 2; environment.B: (hidden) → (none); user: daemon → (none))\n");
    world.converge();
    EXPECT_EQ(world.plan_text(), "");
}

TEST(StackPlanner, WhatTheEngineFillsInIsNoDifference) {
    StackWorld world;
    world.converge();
    world.service().spec = test::with(world.service().spec, R"({"EndpointSpec": {"Mode": "vip"},
        "TaskTemplate": {"Runtime": "container", "ForceUpdate": 0, "Placement": {},
                         "ContainerSpec": {"Isolation": "default", "Init": false}}})");
    EXPECT_EQ(world.plan_text(), "");
}

TEST(StackPlanner, ANetworkOfTheNodesHasAnIdThatNoListHas) {
    StackWorld world;
    StackService& wanted = world.desired.stack->services.at({"web"});
    wanted.spec = test::with(wanted.spec, R"({"TaskTemplate": {"Networks": [{"Target": "host"}]}})");
    world.converge();
    EXPECT_NE(world.service().spec.find(R"({"Target":"host")"), std::string::npos);
    world.service().spec =
        test::with(world.service().spec, R"({"TaskTemplate": {"Networks": [{"Target": "x1"}]}})");
    EXPECT_EQ(world.plan_text(), "");
}

TEST(StackPlanner, OptionsOfAnAttachmentAreKept) {
    StackWorld world;
    StackService& wanted = world.desired.stack->services.at({"web"});
    wanted.spec = test::with(wanted.spec, R"({"TaskTemplate": {"Networks": [
        {"Target": "demo_default", "Aliases": ["web"], "DriverOpts": {"a": "b"}}]}})");
    world.converge();
    EXPECT_NE(world.service().spec.find(R"("Aliases":["web"],"DriverOpts":{"a":"b"})"), std::string::npos)
        << world.service().spec;
}

TEST(StackPlanner, AnotherLoginIsGivenToItsServicesOnce) {
    StackWorld world;
    world.converge();
    world.desired.logins = {{"demo_web", "digest"}};
    EXPECT_EQ(world.plan_text(), "") << "with which login it was made, another daemon knows";
    world.history.record.logins = {{"demo_web", "former"}};
    EXPECT_EQ(world.plan_text(), "[] -> 0 update service demo_web: the login for its image changed\n");
    world.service().update = ServiceUpdate::rollback_completed;
    EXPECT_EQ(world.plan_text(), "") << "it would hide what became of an update";
    world.service().update = ServiceUpdate::completed;
    world.history.record.logins = {{"demo_web", "digest"}};
    EXPECT_EQ(world.plan_text(), "");
}

TEST(StackPlanner, ADigestOfTheSameImageStaysAndAnotherImageIsResolved) {
    StackWorld world;
    world.converge();
    world.service().spec = test::with(world.service().spec, R"({"TaskTemplate": {
        "ContainerSpec": {"Image": "busybox:1@sha256:0123"},
        "Placement": {"Platforms": [{"Architecture": "amd64", "OS": "linux"}]}, "ForceUpdate": 3}})");
    EXPECT_EQ(world.plan_text(), "");
    world.desired.stack->services.at({"web"}) = stack_service("demo_web", "busybox:1", "A=2");
    auto plan = world.plan().plan;
    ASSERT_EQ(plan.steps.size(), 1U);
    const auto& kept = std::get<UpdateStackService>(plan.steps.at(0).operation);
    EXPECT_FALSE(kept.resolve);
    EXPECT_NE(kept.spec.find(R"("Image":"busybox:1@sha256:0123")"), std::string::npos) << kept.spec;
    EXPECT_NE(kept.spec.find(R"("ForceUpdate":3)"), std::string::npos) << kept.spec;
    EXPECT_NE(kept.spec.find(R"("Platforms":[{"Architecture":"amd64","OS":"linux"}])"), std::string::npos);
    world.desired.stack->services.at({"web"}) = stack_service("demo_web", "busybox:2", "A=1");
    plan = world.plan().plan;
    ASSERT_EQ(plan.steps.size(), 1U);
    const auto& other = std::get<UpdateStackService>(plan.steps.at(0).operation);
    EXPECT_TRUE(other.resolve);
    EXPECT_NE(other.spec.find(R"("Image":"busybox:2")"), std::string::npos) << other.spec;
}

TEST(StackPlanner, AChangedSecretGetsAnotherNameAndTheOldOneGoesLast) {
    StackWorld world;
    world.converge();
    world.desired.stack->files.at(1).content = Secret("other");
    const std::string created_secret = world.step();
    ASSERT_TRUE(created_secret.starts_with("create secret demo_key_")) << created_secret;
    EXPECT_EQ(world.step(), "update service demo_web");
    world.service().update = ServiceUpdate::updating;
    EXPECT_EQ(world.step(), "") << "an update under way may be rolled back to the old one";
    world.service().update = ServiceUpdate::completed;
    EXPECT_EQ(world.step(), "remove secret demo_key");
    EXPECT_EQ(world.step(), "");
    world.desired.stack->files.at(1).content = Secret("key");  // and back
    EXPECT_EQ(world.step(), "create secret demo_key");
}

TEST(StackPlanner, AConfigThatDockersOwnCommandMadeIsUsedAndASecretOfItIsNot) {
    StackWorld world;
    world.converge();
    for (ObservedStackFile& file : world.observed.files) file.labels.erase(std::string(labels::content));
    const std::string text = world.plan_text();
    EXPECT_EQ(text.find("config"), std::string::npos) << text;
    EXPECT_NE(text.find("create secret demo_key_"), std::string::npos) << text;
}

TEST(StackPlanner, ObjectsOfOthersAreNeitherUsedNorRemoved) {
    StackWorld world;
    const std::map<std::string, std::string> other{{std::string(labels::stack), "other"}};
    world.observed.files.push_back({StackFileKind::config, "c9", "demo_app", other, "app"});
    world.observed.networks.push_back(
        {{"n9"}, {.name = {"demo_default"}, .driver = "overlay", .labels = other}});
    const std::string text = world.plan_text();
    EXPECT_NE(text.find("create config demo_app_"), std::string::npos) << text;
    EXPECT_NE(
        text.find("held part stack.network demo_default: conflict: network demo_default exists and is not "
                  "of this stack; rename one of them\n"),
        std::string::npos)
        << text;
    EXPECT_EQ(text.find("remove"), std::string::npos) << text;
}

TEST(StackPlanner, ANetworkOfTheProjectsContainersIsInTheWay) {
    StackWorld world;
    world.observed.local_networks[{"demo_default"}] = {"demo"};
    EXPECT_EQ(world.plan_text().find("create network"), std::string::npos);
    EXPECT_TRUE(world.plan().replaces_project);
    world.swarm.nodes->at(0).leader = false;
    EXPECT_FALSE(world.plan().replaces_project) << "it is in the way of the leader alone";
    world.swarm.nodes->at(0).leader = true;
    world.observed.local_networks[{"demo_default"}] = {"other"};
    EXPECT_FALSE(world.plan().replaces_project);
    EXPECT_NE(world.parts().find("stack.network demo_default failed"), std::string::npos) << world.parts();
}

TEST(StackPlanner, AChangedNetworkIsAConflict) {
    StackWorld world;
    world.converge();
    world.desired.stack->networks.at({"demo_default"}).attachable = true;
    EXPECT_EQ(
        world.plan_text(),
        "held part stack.network demo_default: conflict: network demo_default cannot be changed in place "
        "(attachable: false → true); give it another name in the model, or remove the stack once with "
        "`docker stack rm demo`\n");
}

TEST(StackPlanner, ExternalObjectsMustExist) {
    StackWorld world;
    world.desired.stack->files.at(0).external = true;
    world.desired.stack->networks.at({"demo_default"}).external = true;
    EXPECT_NE(world.plan_text().find("external config demo_app does not exist"), std::string::npos);
    EXPECT_EQ(world.plan_text().find("create network"), std::string::npos);
    world.observed.files.push_back({StackFileKind::config, "c1", "demo_app", {}, "whatever"});
    world.converge();
    EXPECT_EQ(world.parts(),
              "stack ok: applied by this node, the swarm's leader\n"
              "stack.web ok: 2 of 2 tasks run\n");
    world.desired.stack->services.clear();
    world.desired.stack->services.emplace(ServiceName{"api"}, StackService{"demo_api", {"api"}, "{}", {}});
    world.desired.stack->files.clear();
    EXPECT_EQ(world.plan_text().find("remove config"), std::string::npos) << world.plan_text();
}

TEST(StackPlanner, WhatLeftTheModelIsRemovedServiceFirst) {
    StackWorld world;
    world.desired.stack->services.emplace(ServiceName{"api"}, stack_service("demo_api", "api:1", "B=1"));
    world.desired.stack->services.at({"api"}).files.clear();
    world.converge();
    world.desired.stack->services.erase(ServiceName{"web"});
    world.desired.stack->files.clear();
    EXPECT_EQ(world.step(), "remove service demo_web");
    EXPECT_EQ(world.step(), "remove config demo_app, remove secret demo_key");
    EXPECT_EQ(world.step(), "");
}

TEST(StackPlanner, AStackWithoutServicesIsLeftAloneAndOneThatLeftIsRemoved) {
    StackWorld world;
    world.converge();
    world.history.record.stack = {"demo"};
    world.desired.stack->services.clear();
    EXPECT_EQ(world.plan_text(), "");
    world.desired = {};
    EXPECT_EQ(world.plan_text(), "") << "settings without services do not ask to remove it";
    world.desired.leaves = true;
    EXPECT_EQ(world.parts().substr(0, 14), "stack.service ");
    EXPECT_EQ(world.step(), "remove service demo_web");
    EXPECT_EQ(world.step(), "remove config demo_app, remove secret demo_key, remove network demo_default");
    EXPECT_EQ(world.plan().kept, ProjectName());
    EXPECT_EQ(world.parts(), "");
}

TEST(StackPlanner, DownRemovesItAndAnotherNameReplacesIt) {
    StackWorld world;
    world.converge();
    world.history.record = {.stack = {"demo"}, .is_stack_down = true};
    const auto wanted = std::exchange(world.desired, {});
    EXPECT_NE(world.plan_text().find("remove service demo_web"), std::string::npos);
    world.desired = wanted;
    EXPECT_EQ(world.plan_text(), "") << "it is asked for again";
    world.desired.stack->name = {"next"};
    EXPECT_EQ(stack_to_observe(world.desired, world.swarm, world.history.record), ProjectName{"demo"});
    EXPECT_NE(world.plan_text().find("remove service demo_web"), std::string::npos);
}

TEST(StackPlanner, ARolledBackUpdateIsNotTriedAgain) {
    StackWorld world;
    world.converge();
    const std::string before = world.service().spec;
    world.desired.stack->services.at({"web"}) = stack_service("demo_web", "busybox:2", "A=1");
    EXPECT_EQ(world.step(), "update service demo_web");
    world.service().update = ServiceUpdate::updating;
    EXPECT_NE(world.parts().find("stack.web pending: SwarmKit is updating it: 2 of 2 tasks run"),
              std::string::npos);
    world.service().spec = before;
    world.service().update = ServiceUpdate::rollback_completed;
    world.service().update_message = "rollback completed";
    EXPECT_EQ(world.plan_text(),
              "held part stack.web: failed: the update has failed, and SwarmKit has rolled it back: rollback "
              "completed; not tried again before the settings change or `dockerextd reconcile` is run\n");
    EXPECT_FALSE(world.plan().replaces_project);
    world.desired.stack->services.at({"web"}) = stack_service("demo_web", "busybox:3", "A=1");
    EXPECT_NE(world.plan_text().find("update service"), std::string::npos) << "other settings are tried";
    world.history.record.attempts.clear();
    world.desired.stack->services.at({"web"}) = stack_service("demo_web", "busybox:2", "A=1");
    EXPECT_NE(world.plan_text().find("update service"), std::string::npos) << "and so is a request";
}

TEST(StackPlanner, TheOtherManagersTellOfARollbackToo) {
    StackWorld world;
    world.converge();
    world.desired.stack->services.at({"web"}) = stack_service("demo_web", "busybox:2", "A=1");
    world.service().update = ServiceUpdate::rollback_completed;
    world.swarm.nodes->at(0).leader = false;
    EXPECT_NE(world.parts().find("stack.web failed: the update has failed"), std::string::npos)
        << world.parts();
    EXPECT_EQ(world.plan_text(), "");
}

TEST(StackPlanner, AModeCannotBeChanged) {
    StackWorld world;
    world.converge();
    StackService& wanted = world.desired.stack->services.at({"web"});
    wanted.spec = test::with(wanted.spec, R"({"Mode": {"Replicated": null, "Global": {}}})");
    EXPECT_EQ(world.plan_text(),
              "held part stack.web: conflict: SwarmKit cannot change deploy.mode of a service (Replicated): "
              "remove the service once with `docker service rm demo_web`\n");
}

TEST(StackPlanner, WhatOlderEnginesDropIsNoDifference) {
    StackWorld world;
    StackService& wanted = world.desired.stack->services.at({"web"});
    wanted.spec = test::with(wanted.spec, R"({"TaskTemplate": {"ContainerSpec": {"OomScoreAdj": 100,
        "Healthcheck": {"Test": ["CMD", "true"], "StartInterval": 1000000000}}}})");
    world.converge();
    world.service().spec = test::with(world.service().spec, R"({"TaskTemplate": {"ContainerSpec": {
        "OomScoreAdj": null, "Healthcheck": {"StartInterval": null}}}})");
    EXPECT_EQ(world.plan_text(), "");
}

TEST(StackPlanner, APausedUpdateIsTold) {
    StackWorld world;
    world.converge();
    world.service().update = ServiceUpdate::paused;
    world.service().update_message = "update paused due to failure";
    EXPECT_NE(
        world.parts().find("stack.web failed for good: SwarmKit has paused the update: update paused due "
                           "to failure; 2 of 2 tasks run; change the settings to go on\n"),
        std::string::npos)
        << world.parts();
}

TEST(StackPlanner, TasksThatDoNotRunAreToldWithTheirReason) {
    StackWorld world;
    world.converge();
    world.service().running = 1;
    EXPECT_NE(world.parts().find("stack.web pending: 1 of 2 tasks run\n"), std::string::npos);
    const std::string error = "no suitable node (insufficient resources on 2 nodes)";
    world.service().problems = {{"", "pending", error}, {"", "pending", error}};
    EXPECT_NE(world.parts().find("stack.web failed: 1 of 2 tasks run; pending: " + error + "\n"),
              std::string::npos);
    world.service().running = 0;
    world.service().completed = 2;  // of a job; the engine counts failed tasks of a global one, too
    EXPECT_NE(world.parts().find("stack.web failed"), std::string::npos);
    world.service().problems.clear();
    EXPECT_NE(world.parts().find("stack.web ok"), std::string::npos);
}

TEST(StackPlanner, AStepThatFailedWaits) {
    StackWorld world;
    world.history.failure_records[{Subject::Kind::part, "stack.network demo_default"}] = {
        .last_error = "no pool", .next_attempt = SteadyTime(std::chrono::seconds(5))};
    EXPECT_NE(world.plan_text().find("held part stack.network demo_default: backoff: no pool\n"),
              std::string::npos)
        << world.plan_text();
    EXPECT_EQ(world.plan_text().find("create network"), std::string::npos);
}

TEST(StackPlanner, NoSecretIsShown) {
    StackWorld world;
    world.converge();
    world.redact = Redactor({Secret("CANARY-VALUE")});
    world.service().spec = test::with(world.service().spec, R"({"TaskTemplate": {"ContainerSpec":
        {"Args": ["CANARY-VALUE"], "Env": ["A=CANARY-VALUE"]}}})");
    EXPECT_EQ(world.plan_text().find("CANARY"), std::string::npos) << world.plan_text();
}

}  // namespace
}  // namespace dockerext::plan
