// New versions begin once all images that the plan needs are there.
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using testing::HasSubstr;
using testing::Not;

Service& service_of(World& world, const std::string& name) {
    return world.desired.project.services.at({name});
}

void set_image(World& world, const std::string& name, const std::string& image) {
    Service& service = service_of(world, name);
    service.container.image = {image};
    new_version(service);
}

/// db and web run; both get a new version, that of db with another image.
World two_updates() {
    World world;
    (void)world.add_service("db");
    (void)world.add_service("web");
    (void)world.settle();
    set_image(world, "db", "postgres:2");
    new_version(web_of(world));
    return world;
}

void refuse_pull(World& world) { back_off(world, subject_of(ImageRef{"postgres:2"})); }

TEST(ImageGate, AnUpdateWaitsForTheImagesOfOthers) {
    World world = two_updates();
    EXPECT_THAT(plan_text(world),
                testing::AllOf(HasSubstr("0 pull image postgres:2: not present\n"),
                               HasSubstr("stop demo-web-1: environment.VERSION changed; waits for "
                                         "postgres:2 to be pulled\n")));
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(container_of(world).spec.environment.contains("VERSION"), false);
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_EQ(container_of(world).spec.environment.contains("VERSION"), true);
    EXPECT_EQ(world.container("demo-db-1").spec.image.value, "postgres:2");
}

TEST(ImageGate, WhatRunsKeepsRunningWhileAnImageIsNotAvailable) {
    World world = two_updates();
    refuse_pull(world);
    EXPECT_EQ(plan_text(world).substr(0, plan_text(world).find('\n')),
              "[] -> 0 create demo-web-1: environment.VERSION changed (environment.VERSION: (unset) → "
              "(hidden)); waits for postgres:2, which is not available: it broke");
    service_of(world, "db").pull_policy = PullPolicy::never;
    world.history.failure_records.clear();
    EXPECT_THAT(plan_text(world), HasSubstr("waits for postgres:2, which is not available: image "
                                            "postgres:2 is not present, and pull_policy is never\n"));
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(container_of(world).state, ContainerState::running);
}

TEST(ImageGate, AnOldContainerThatWaitsIsRepaired) {
    World world = two_updates();
    refuse_pull(world);
    container_of(world).state = ContainerState::paused;
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(container_of(world).state, ContainerState::running);
    EXPECT_EQ(container_of(world).spec.environment.contains("VERSION"), false);
}

TEST(ImageGate, DriftDoesNotWait) {
    World world;
    (void)world.add_service("db");
    (void)world.add_service("web");
    (void)world.settle();
    set_image(world, "db", "postgres:2");
    refuse_pull(world);
    container_of(world).spec.environment["ADDED"] = "1";
    EXPECT_EQ(to_text(world.settle()).find("web"), std::string::npos);
    EXPECT_EQ(container_of(world).spec.environment.contains("ADDED"), false);
}

TEST(ImageGate, WhatDoesNotRunDoesNotWait) {
    World world = two_updates();
    (void)world.add_service("new");
    refuse_pull(world);
    world.end(container_of(world), 1);
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    (void)world.settle();
    EXPECT_EQ(container_of(world).spec.environment.contains("VERSION"), true);
    EXPECT_EQ(world.container("demo-new-1").state, ContainerState::running);
}

TEST(ImageGate, AsksForNoImageThatNothingNeeds) {
    World world;
    (void)world.add_service("db");
    (void)world.add_service("web");
    (void)world.add_service("job", "job");
    (void)world.settle();
    world.load_image({"busybox:2"});
    world.observed.images.erase(ImageRef{"busybox:1"});
    world.end(world.container("demo-db-1"), 1);
    set_image(world, "web", "busybox:2");
    EXPECT_THAT(plan_text(world), Not(HasSubstr("pull")));
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_EQ(container_of(world).spec.image.value, "busybox:2");
}

TEST(ImageGate, AVersionThatWasGivenUpNeedsNoImage) {
    World world = two_updates();
    world.history.failed_rollouts[subject_of(Slot{{"db"}, 1})] = {
        .attempts = 1, .error = "failed", .ran = true};
    EXPECT_THAT(plan_text(world), Not(HasSubstr("postgres")));
}

/// A migration that others wait for, and an image that cannot be pulled.
World migration() {
    World world;
    (void)world.add_service("db");
    (void)world.add_service("migrate", "job");
    world.add_service("web").depends_on[{"migrate"}] = {.condition =
                                                            DependencyCondition::completed_successfully};
    (void)world.settle();
    new_version(service_of(world, "migrate"));
    set_image(world, "db", "postgres:2");
    refuse_pull(world);
    return world;
}

TEST(ImageGate, AMigrationWaits) {
    const std::string waits = "waits for postgres:2, which is not available: it broke\n";
    World world = migration();
    EXPECT_THAT(plan_text(world), HasSubstr("start demo-migrate-1: environment.VERSION changed; " + waits));
    World pruned = migration();
    pruned.observed.containers.erase(ContainerId(pruned.container("demo-migrate-1").id));
    EXPECT_THAT(plan_text(pruned), HasSubstr("start demo-migrate-1: not found; " + waits));
    world.history.busy.insert(subject_of(Slot{{"db"}, 1}));
    EXPECT_THAT(plan_text(world), HasSubstr("start demo-migrate-1: environment.VERSION changed; " + waits))
        << "the replacement of db is under way for settings before these";
}

TEST(ImageGate, OnAMachineWhereNothingRunsNothingWaits) {
    World world = migration();
    world.observed.containers.clear();
    EXPECT_THAT(plan_text(world), HasSubstr("start demo-migrate-1: not found\n"));
}

TEST(ImageGate, AVersionThatComesBackDoesNotWait) {
    World world = two_updates();
    service_of(world, "db").container.image = {"sha256:gone"};
    service_of(world, "db").pull_policy = PullPolicy::never;
    world.load_image({"sha256:former"});
    set_image(world, "web", "sha256:former");
    EXPECT_EQ(to_text(world.settle()),
              "held container db-1: failed: image sha256:gone is not present, and pull_policy is never\n");
    EXPECT_EQ(container_of(world).spec.image.value, "sha256:former");
}

TEST(ImageGate, TheImageOfABusyServiceCounts) {
    World world = two_updates();
    world.history.busy.insert(subject_of(Slot{{"db"}, 1}));
    EXPECT_THAT(plan_text(world), HasSubstr("stop demo-web-1: environment.VERSION changed; waits for "
                                            "postgres:2 to be pulled\n"));
}

}  // namespace
}  // namespace dockerext::plan
