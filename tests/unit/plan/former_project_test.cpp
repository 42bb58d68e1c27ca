// Projects that left the settings, and which steps of the new project wait for their removal.
#include "plan/former_project.hpp"

#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using namespace std::chrono_literals;

const ProjectName demo{"demo"};
const Subject former_web = former_project_subject(demo, web_subject());

void add_volume(World& world, const std::string& name, const std::string& project) {
    world.observed.volumes[{name}] = {
        .name = {name},
        .labels = {{std::string(labels::project), project}, {std::string(labels::volume), "data"}}};
}

World web_and_stopped_web() {
    World world = web_running();
    web_of(world).scale = 2;
    (void)world.settle();
    world.stop_by_hand(world.container("demo-web-2"));
    return world;
}

Plan down(const World& world, RemovalScope scope = RemovalScope::without_volumes, SteadyTime now = {}) {
    return make_down_plan(demo, scope, world.observed, world.history, now);
}

TEST(Leaving, RemovesContainersThenNetworksButNoVolume) {
    World world = web_and_stopped_web();
    add_volume(world, "demo_data", "demo");
    EXPECT_EQ(to_text(down(world)),
              "[] -> 0 stop demo-web-1: the project is taken down\n"
              "[0] -> 1 remove demo-web-1: the project is taken down\n"
              "[] -> 2 remove demo-web-2: the project is taken down\n"
              "[1,2] -> 3 remove network demo_default: no service uses it\n");
    EXPECT_EQ(world.run(down(world)), std::vector<std::string>{});
    EXPECT_EQ(to_text(down(world)), "");
    EXPECT_TRUE(world.observed.networks.contains({"stranger"}));
    EXPECT_TRUE(is_gone(demo, RemovalScope::without_volumes, world.observed));
    EXPECT_FALSE(is_gone(demo, RemovalScope::with_volumes, world.observed));
}

TEST(Leaving, RemovesVolumesLastWhenRequested) {
    World world = web_running();
    add_volume(world, "demo_data", "demo");
    add_volume(world, "other_data", "other");
    EXPECT_EQ(to_text(down(world, RemovalScope::with_volumes)),
              "[] -> 0 stop demo-web-1: the project is taken down\n"
              "[0] -> 1 remove demo-web-1: the project is taken down\n"
              "[1] -> 2 remove network demo_default: no service uses it\n"
              "[1] -> 3 remove volume demo_data: the project is taken down with its volumes\n");
    EXPECT_EQ(world.run(down(world, RemovalScope::with_volumes)), std::vector<std::string>{});
    EXPECT_TRUE(is_gone(demo, RemovalScope::with_volumes, world.observed));
    EXPECT_TRUE(world.observed.volumes.contains({"other_data"}));
}

TEST(Leaving, NoVolumeIsRemovedBeforeAllContainersCanBe) {
    World world = web_and_stopped_web();
    add_volume(world, "demo_data", "demo");
    back_off(world, former_web);
    EXPECT_EQ(to_text(down(world, RemovalScope::with_volumes)),
              "[] -> 0 remove demo-web-2: the project is taken down\n"
              "held container demo/web-1: backoff: it broke\n");
    world.history.failure_records.clear();
    world.observed.unknown.emplace(subject_of(Slot{{"db"}, 1}),
                                   Unknown{Error(ErrorKind::timeout, "no answer"), {}});
    EXPECT_EQ(to_text(down(world, RemovalScope::with_volumes)).find("remove volume"), std::string::npos);
    EXPECT_FALSE(is_gone(demo, RemovalScope::with_volumes, Observed{.unknown = world.observed.unknown}));
}

TEST(Leaving, BusySubjectsAreSkipped) {
    World world = web_running();
    world.history.busy.insert(former_web);
    EXPECT_EQ(to_text(down(world)), "");
}

TEST(Leaving, EqualNamesInTheCurrentProjectAreOtherSubjects) {
    World world = web_running();
    world.history.busy.insert(web_subject());
    back_off(world, subject_of(NetworkName{"demo_default"}));
    EXPECT_EQ(to_text(down(world)),
              "[] -> 0 stop demo-web-1: the project is taken down\n"
              "[0] -> 1 remove demo-web-1: the project is taken down\n"
              "[1] -> 2 remove network demo_default: no service uses it\n");
    EXPECT_EQ(down(world).steps[0].subject, former_web);
    EXPECT_EQ(former_project_of(former_web), demo);
    EXPECT_EQ(former_project_of(web_subject()), std::nullopt);
    EXPECT_EQ(former_project_of(subject_of(ImageRef{"repo/app"})), std::nullopt);
}

/// A plan that removes an old container and an old network.
Plan removals() {
    Plan plan;
    plan.steps.push_back(
        {.operation = RemoveContainer{ContainerId{"old"}}, .object = "old-web-1", .reason = "gone"});
    plan.steps.push_back(
        {.operation = RemoveNetwork{{"n"}, {"old_default"}}, .object = "old_default", .reason = "gone"});
    return plan;
}

TEST(Leaving, NewContainersAndNetworksComeAfterTheRemovals) {
    World world;
    world.add_service("web");
    const Plan all = joined_after_removals(removals(), world.plan(), world.observed);
    EXPECT_EQ(std::get<StartContainer>(all.steps[4].operation).container, ContainerRef(StepId{3}));
    EXPECT_EQ(to_text(all),
              "[] -> 0 remove old-web-1: gone\n"
              "[] -> 1 remove network old_default: gone\n"
              "[1] -> 2 create network demo_default: not found\n"
              "[0,2] -> 3 create demo-web-1: not found\n"
              "[3] -> 4 start demo-web-1: not found\n");
}

TEST(Leaving, AContainerThatHasNeverRunStartsAfterTheRemovals) {
    World world;
    world.add_service("web");
    (void)world.run(world.plan(), 2);
    EXPECT_EQ(to_text(joined_after_removals(removals(), world.plan(), world.observed)),
              "[] -> 0 remove old-web-1: gone\n"
              "[] -> 1 remove network old_default: gone\n"
              "[0] -> 2 start demo-web-1: not started yet (state: created → running)\n");
}

TEST(Leaving, RepairsOfWhatIsThereWaitForNothing) {
    World world = web_running();
    world.end(container_of(world), 1);
    const std::string repair = "start demo-web-1: not running (exit code 1) (state: exited → running)\n";
    EXPECT_EQ(to_text(joined_after_removals(removals(), world.plan(), world.observed)),
              "[] -> 0 remove old-web-1: gone\n"
              "[] -> 1 remove network old_default: gone\n"
              "[] -> 2 " +
                  repair);
    Plan plan = world.plan();
    wait_for_removals(plan, world.observed);
    EXPECT_EQ(to_text(plan), "[] -> 0 " + repair);
}

TEST(Leaving, NewContainersWaitForRemovalsUnderWay) {
    World world;
    world.add_service("web");
    Plan plan = world.plan();
    wait_for_removals(plan, world.observed);
    EXPECT_EQ(to_text(plan),
              "[] -> 0 create network demo_default: not found\n"
              "[0] -> 1 create demo-web-1: not found; waits for the containers of the former project to be "
              "removed\n"
              "[1] -> 2 start demo-web-1: not found; waits for the containers of the former project to be "
              "removed\n");
}

}  // namespace
}  // namespace dockerext::plan
