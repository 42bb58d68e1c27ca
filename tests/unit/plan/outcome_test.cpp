// When a service has converged, and what the status says until then.
#include "model/labels.hpp"
#include "plan/assess.hpp"
#include "plan/config_hash.hpp"
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using namespace std::chrono_literals;

ServiceStatus web_status(const World& world, SteadyTime now) {
    const Plan made = make_plan(world.desired, world.observed, world.history, now);
    return assess(world.desired, world.observed, world.history, made, now, WallTime{}).at(0);
}

struct StatusCase {
    const char* what;
    void (*arrange)(World&);
    ServiceState state;
    const char* reason;
};

const StatusCase unproven[] = {
    {"we started it", [](World& world) { mark_unproven(world, container_of(world)); }, ServiceState::pending,
     "watching"},
    {"it failed lately",
     [](World& world) {
         mark_unproven(world, container_of(world));
         back_off(world, web_subject());
     },
     ServiceState::failed, "it broke, watching"},
    {"it failed lately, and is about to be started",
     [](World& world) {
         back_off(world, web_subject());
         world.end(container_of(world), 3);
     },
     ServiceState::failed, "it broke"},
    {"the engine restarts it",
     [](World& world) { mark_unproven(world, container_of(world), "keeps exiting (exit code 3)"); },
     ServiceState::restarting, "keeps exiting (exit code 3), watching"},
    {"it was found", [](World&) {}, ServiceState::running, ""},
};

TEST(Outcome, AnUnprovenRunIsNotReportedAsRunning) {
    for (const StatusCase& tested : unproven) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        tested.arrange(world);
        const ServiceStatus status = web_status(world, SteadyTime{3s});
        EXPECT_EQ(status.state, tested.state);
        EXPECT_EQ(status.reason, tested.reason);
    }
}

TEST(Outcome, AContainerThatEndsDuringAChangeHasNotFailed) {
    World world = web_running();
    Service& web = world.desired.project.services.at({"web"});
    web.restart_is_set = true;
    web.container.restart = {};
    world.end(container_of(world), 137);
    EXPECT_EQ(web_status(world, {}).state, ServiceState::failed);
    world.history.busy.insert(web_subject());
    const ServiceStatus status = web_status(world, {});
    EXPECT_EQ(status.state, ServiceState::pending);
    EXPECT_EQ(status.reason, "change in progress");
}

TEST(Outcome, APlanHasTheTimeWhenARunIsProven) {
    World world = web_running();
    mark_unproven(world, container_of(world));
    const Plan made = world.plan();
    ASSERT_EQ(made.held.size(), 1U);
    EXPECT_EQ(made.held[0].until, SteadyTime{10s});
    container_of(world).state = ContainerState::restarting;
    EXPECT_EQ(world.plan().held[0].until, std::nullopt);
}

TEST(Outcome, AnExitingContainerIsNotRenamedBeforeItIsProven) {
    World world = web_running();
    container_of(world).name = {"else"};
    mark_unproven(world, world.container("else"), "keeps exiting");
    EXPECT_EQ(plan_text(world), "held container web-1: unproven: keeps exiting\n");
}

TEST(Outcome, AnExitTheEngineCannotClearCausesARecreation) {
    World world = web_running();
    const ContainerId old = container_of(world).id;
    world.end(container_of(world), 128);
    container_of(world).error = "OCI runtime create failed: id already in use: unknown";
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_NE(container_of(world).id, old);
}

World world_with_removed_job() {
    World world;
    (void)world.add_service("web", "job");
    (void)world.settle();
    const ObservedContainer& job = container_of(world);
    world.history.completed[web_subject()] = {web_of(world).config_hash, job.image_id};
    world.observed.containers.clear();
    return world;
}

TEST(Outcome, ACompletedJobIsNotRunAgainWhenItsContainerIsRemoved) {
    World world = world_with_removed_job();
    Service& after = world.add_service("zweb");
    after.depends_on[{"web"}] = {.condition = DependencyCondition::completed_successfully};
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create demo-zweb-1: not found\n"
              "[0] -> 1 start demo-zweb-1: not found\n");
    const ServiceStatus status = web_status(world, SteadyTime{});
    EXPECT_EQ(status.state, ServiceState::completed);
    EXPECT_EQ(status.reason, "its container was removed");
    world.observed.images.clear();  // the image was pruned, too
    web_of(world).pull_policy = PullPolicy::never;
    EXPECT_EQ(web_status(world, SteadyTime{}).state, ServiceState::completed);
}

TEST(Outcome, ACompletedJobRunsAgainWithAnotherConfigurationOrImage) {
    World world = world_with_removed_job();
    web_of(world).config_hash = "another";
    EXPECT_NE(plan_text(world), "");
    world = world_with_removed_job();
    world.load_image({"busybox:1"});
    EXPECT_NE(plan_text(world), "");
}

struct JoinedTest : testing::Test {
    JoinedTest() {
        world.add_service("db");
        Service& web = world.add_service("web");
        web.network_mode_service = ServiceName{"db"};
        web.depends_on[{"db"}] = {};
        web.hash_document = R"({"network_mode":"\u0001service:db","volumes_from":["\u0001db"]})";
        web.volumes_from = {ServiceName{"db"}};
        web.config_hash.clear();
        web.container.labels.erase(std::string(labels::config_hash));
        web.container.network_mode.clear();
        web.container.networks.clear();
        (void)world.settle();
        world.desired.policy.repair = false;
    }
    World world;
};

TEST_F(JoinedTest, HasTheHashOfTheIdsItIsMadeWith) {
    const ContainerId db = world.container("demo-db-1").id;
    const auto hash = config_hash(web_of(world), [&](const ServiceName&) { return db.value; });
    EXPECT_EQ(container_of(world).spec.labels.at(std::string(labels::config_hash)), hash);
    EXPECT_TRUE(matches_config_hash(web_of(world), container_of(world)));
}

TEST_F(JoinedTest, IsNotRecreatedForDriftThatIsOnlyReported) {
    container_of(world).spec.environment["ADDED"] = "1";
    EXPECT_EQ(
        plan_text(world),
        "held container web-1: policy: drift reported, not repaired (reconcile.drift): environment.ADDED\n");
    world.end(container_of(world), 0);
    world.history.ended_run[container_of(world).id] = {.run = container_of(world).started_at,
                                                       .stopped_manually = true};
    container_of(world).spec.environment.erase("ADDED");
    EXPECT_EQ(
        plan_text(world),
        "held container web-1: policy: drift reported, not repaired (reconcile.drift): stopped manually\n");
}

TEST_F(JoinedTest, IsRecreatedForOtherSettings) {
    web_of(world).hash_document += " ";
    web_of(world).container.environment["N"] = "2";
    EXPECT_NE(plan_text(world).find("create demo-web-1"), std::string::npos);
}

}  // namespace
}  // namespace dockerext::plan
