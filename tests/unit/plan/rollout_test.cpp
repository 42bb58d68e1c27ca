// How a new version replaces the replicas of a service: how many at a time, and what becomes of the others
// when it fails.
#include "model/side_by_side.hpp"
#include "plan/assess.hpp"
#include "plan/plan_text.hpp"
#include "plan/slots.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

World three_replicas() {
    World world;
    Service& web = world.add_service("web");
    web.scale = 3;
    (void)world.settle();
    return world;
}

/// A new version of web, whose containers behave as `program` says.
void update(World& world, const std::string& program = "serve") {
    web_of(world).container.environment["PROGRAM"] = program;
    new_version(web_of(world));
}

std::size_t count_containers(const World& world, bool (*is_counted)(const ObservedContainer&)) {
    return static_cast<std::size_t>(
        std::count_if(world.observed.containers.begin(), world.observed.containers.end(),
                      [&](const auto& entry) { return is_counted(entry.second); }));
}

std::size_t updated(const World& world) {
    return count_containers(world, [](const ObservedContainer& container) {
        return container.spec.environment.contains("VERSION") && !is_successor(container);
    });
}

std::size_t successors(const World& world) { return count_containers(world, is_successor); }

/// The most replicas that are replaced at the same time until nothing is left to do. After each plan, time
/// passes.
std::size_t most_at_a_time(World& world) {
    std::size_t most = 0;
    for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
        most = std::max(most, successors(world));
        world.pass_time();
    }
    return most;
}

TEST(Rollout, ReplacesAsManyReplicasAtATimeAsTheServiceSays) {
    for (const auto& [parallelism, expected] : {std::pair(1U, 1U), {2U, 2U}, {5U, 3U}, {0U, 3U}}) {
        World world = three_replicas();
        web_of(world).update.parallelism = parallelism;
        update(world);
        EXPECT_EQ(most_at_a_time(world), expected);
        EXPECT_EQ(updated(world), 3U);
        EXPECT_EQ(plan_text(world), "");
    }
}

TEST(Rollout, AnImageThatMovedIsANewVersion) {
    World world = three_replicas();
    world.load_image({"busybox:1"});
    EXPECT_EQ(most_at_a_time(world), 1U);
    EXPECT_EQ(plan_text(world), "");
}

TEST(Rollout, AnInjectedFileThatChangedIsANewVersion) {
    World world;
    Service& web = world.add_service("web");
    web.scale = 3;
    web.container.labels[std::string(labels::files)] = "one";
    (void)world.settle();
    web.container.labels[std::string(labels::files)] = "other";
    EXPECT_EQ(most_at_a_time(world), 1U);
    EXPECT_EQ(plan_text(world), "");
}

TEST(Rollout, ThePlanShowsTheReplicasThatWait) {
    World world = three_replicas();
    web_of(world).scale = 2;
    world.observed.containers.erase(ContainerId(world.container("demo-web-3").id));
    update(world);
    EXPECT_EQ(
        plan_text(world),
        "[] -> 0 create demo-web-1: environment.VERSION changed (environment.VERSION: (unset) → (hidden))\n"
        "[0] -> 1 stop demo-web-1: environment.VERSION changed\n"
        "[1] -> 2 start demo-web-1: environment.VERSION changed\n"
        "[2] -> 3 remove demo-web-1: environment.VERSION changed; waits for the new container to run\n"
        "[3] -> 4 rename demo-web-1: environment.VERSION changed; waits for the new container to run\n"
        "[] -> 5 create demo-web-2: environment.VERSION changed (environment.VERSION: (unset) → (hidden)); "
        "waits for other replicas to be replaced\n"
        "[5] -> 6 stop demo-web-2: environment.VERSION changed; waits for other replicas to be replaced\n"
        "[6] -> 7 start demo-web-2: environment.VERSION changed; waits for other replicas to be replaced\n"
        "[7] -> 8 remove demo-web-2: environment.VERSION changed; waits for the new container to run\n"
        "[8] -> 9 rename demo-web-2: environment.VERSION changed; waits for the new container to run\n");
}

TEST(Rollout, ReplicasThatWaitAreRepaired) {
    World world = three_replicas();
    update(world);
    (void)world.run(world.plan());
    world.container("demo-web-3").state = ContainerState::paused;
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(world.container("demo-web-3").state, ContainerState::running);
    EXPECT_EQ(successors(world), 1U);
}

TEST(Rollout, DriftIsRepairedAtOnce) {
    World world = three_replicas();
    for (auto& [id, container] : world.observed.containers) container.spec.environment["ADDED"] = "1";
    EXPECT_EQ(most_at_a_time(world), 3U);
}

TEST(Rollout, WhatDoesNotRunIsReplacedAtOnce) {
    World world = three_replicas();
    update(world);
    for (auto& [id, container] : world.observed.containers) world.end(container, 1);
    EXPECT_EQ(most_at_a_time(world), 3U);
    EXPECT_EQ(updated(world), 3U);
}

TEST(Rollout, IsPausedWhenAReplicaFailed) {
    World world = three_replicas();
    update(world, "fail");
    EXPECT_EQ(most_at_a_time(world), 1U);
    EXPECT_EQ(updated(world), 0U);
    EXPECT_EQ(plan_text(world),
              "held container web-1: failed: rollout failed and was rolled back; the old container stays "
              "until the settings or the image change, or `dockerextd reconcile` (new container failed)\n"
              "held container web-2: failed: update paused, because container web-1 failed: new container "
              "failed; it goes on with new settings or `dockerextd reconcile`\n"
              "held container web-3: failed: update paused, because container web-1 failed: new container "
              "failed; it goes on with new settings or `dockerextd reconcile`\n");
    EXPECT_EQ(count_containers(world, is_alive), 3U);
}

TEST(Rollout, IsPausedWhenMoreReplicasFailedThanAllowed) {
    using Action = UpdateConfig::FailureAction;
    struct Row {
        Action action;
        float ratio;
        std::size_t tried;
    };
    for (const auto& [action, ratio, tried] : {Row{Action::pause, 0, 1}, Row{Action::pause, 0.34F, 2},
                                               Row{Action::pause, 1, 3}, Row{Action::proceed, 0, 3}}) {
        World world = three_replicas();
        web_of(world).update = {.failure_action = action, .max_failure_ratio = ratio};
        update(world, "fail");
        (void)most_at_a_time(world);
        EXPECT_EQ(world.history.failed_rollouts.size(), tried);
        EXPECT_EQ(count_containers(world, is_alive), 3U);
    }
}

TEST(Rollout, AReplicaKeepsItsTurnUntilItsNextAttempt) {
    World world = three_replicas();
    update(world);
    const Subject second = subject_of(Slot{{"web"}, 2});
    world.history.failed_rollouts[second] = {.attempts = 1};
    back_off(world, second);
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(successors(world), 0U);
    world.history.failure_records.clear();
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_TRUE(is_successor(*by_slot(world.observed)[1]) || is_successor(*by_slot(world.observed)[2]));
    EXPECT_EQ(successors(world), 1U);
}

TEST(Rollout, WorkOnAReplicaMayBeItsReplacement) {
    World world = three_replicas();
    update(world);
    world.history.busy.insert(subject_of(Slot{{"web"}, 3}));
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(successors(world), 0U);
}

TEST(Rollout, IsCarriedOnAfterACrashAtAnyStep) {
    for (std::size_t steps = 0; steps <= 6; ++steps) {
        World world = three_replicas();
        update(world);
        for (int crash = 0; crash < 8; ++crash) {
            (void)world.run(world.plan(), steps);
            EXPECT_LE(successors(world), 1U);
            world.forget();
        }
        EXPECT_LE(most_at_a_time(world), 1U);
        EXPECT_EQ(updated(world), 3U);
        EXPECT_EQ(plan_text(world), "");
    }
}

TEST(Rollout, TheNextReplicaWaitsForTheDelay) {
    World world = three_replicas();
    web_of(world).update.delay = std::chrono::minutes(1);
    update(world);
    world.observed.at = WallTime{} + std::chrono::hours(1);
    world.history.last_update[{"web"}] = world.observed.at - std::chrono::seconds(20);
    const Plan plan = world.plan();
    EXPECT_EQ(world.run(plan), std::vector<std::string>{});
    EXPECT_EQ(successors(world), 0U);
    ASSERT_FALSE(plan.held.empty());
    EXPECT_EQ(plan.held[0].reason, "waits for 60 s after another replica was replaced");
    EXPECT_EQ(plan.held[0].until, SteadyTime{} + std::chrono::seconds(40));
    world.observed.at += std::chrono::seconds(40);
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(successors(world), 1U);
}

TEST(Rollout, AClockThatWasSetBackEndsTheDelay) {
    World world = three_replicas();
    web_of(world).update.delay = std::chrono::minutes(1);
    update(world);
    world.history.last_update[{"web"}] = world.observed.at + std::chrono::hours(1);
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(successors(world), 1U);
}

World one_replica(UpdateConfig::Order order) {
    World world;
    Service& web = world.add_service("web");
    web.container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
    web.update.order = order;
    (void)world.settle();
    return world;
}

TEST(StartFirst, TheOldContainerRunsUntilTheNewOneHasHeld) {
    World world = one_replica(UpdateConfig::Order::start_first);
    update(world);
    EXPECT_EQ(
        plan_text(world),
        "[] -> 0 create demo-web-1: environment.VERSION changed (environment.VERSION: (unset) → (hidden))\n"
        "[0] -> 1 start demo-web-1: environment.VERSION changed\n"
        "[1] -> 2 stop demo-web-1: environment.VERSION changed; waits for the new container to run\n"
        "[2] -> 3 remove demo-web-1: environment.VERSION changed; waits for the new container to run\n"
        "[3] -> 4 rename demo-web-1: environment.VERSION changed; waits for the new container to run\n");
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(
        plan_text(world),
        "[] -> 0 stop demo-web-1: the new container is up; waits for the new container to be healthy\n"
        "[0] -> 1 remove demo-web-1: the new container is up; waits for the new container to be healthy\n"
        "[1] -> 2 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1); waits for "
        "the new container to be healthy\n"
        "held container web-1: unproven: not up for 10 s yet\n");
    EXPECT_EQ(count_containers(world, is_alive), 2U);
    world.pass_time();
    EXPECT_EQ(plan_text(world),
              "[] -> 0 stop demo-web-1: the new container is up\n"
              "[0] -> 1 remove demo-web-1: the new container is up\n"
              "[1] -> 2 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1)\n");
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(count_containers(world, is_alive), 1U);
    EXPECT_EQ(updated(world), 1U);
    EXPECT_EQ(plan_text(world), "");
}

TEST(StartFirst, AVersionThatFailsIsRemovedBesideTheOldContainer) {
    for (const char* program : {"fail", "ill"}) {
        World world = one_replica(UpdateConfig::Order::start_first);
        const WallTime start = container_of(world).started_at;
        update(world, program);
        (void)world.settle();
        EXPECT_EQ(container_of(world).started_at, start);
        EXPECT_EQ(world.observed.containers.size(), 1U);
        EXPECT_EQ(world.history.failed_rollouts.size(), 1U);
    }
}

TEST(StartFirst, AContainerAlwaysRunsWhateverCrashes) {
    for (const std::string program : {"serve", "ill", "job", "fail"}) {
        for (std::size_t steps = 0; steps <= 6; ++steps) {
            SCOPED_TRACE(program + ", crashes after " + std::to_string(steps) + " steps");
            World world = one_replica(UpdateConfig::Order::start_first);
            update(world, program);
            for (int crash = 0; crash < 8; ++crash) {
                (void)world.run(world.plan(), steps);
                EXPECT_GE(count_containers(world, is_alive), 1U);
                if (crash % 2 == 1) world.pass_time();
                world.forget();
            }
            (void)world.settle();
            EXPECT_EQ(world.observed.containers.size(), 1U);
            EXPECT_EQ(container_of(world).state, ContainerState::running);
            EXPECT_EQ(updated(world), program == "serve" ? 1U : 0U);
        }
    }
}

TEST(Rollout, ARolloutThatIsPausedStartsTheOldContainers) {
    World world = three_replicas();
    update(world, "fail");
    (void)most_at_a_time(world);
    for (auto& [id, container] : world.observed.containers) world.stop_by_hand(container);
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(count_containers(world, is_alive), 3U);
    EXPECT_EQ(successors(world), 0U);
}

TEST(StartFirst, IsStopFirstWhereBothCannotRun) {
    World world = one_replica(UpdateConfig::Order::start_first);
    update(world);
    web_of(world).container.port_bindings["80/tcp"] = {{"", "8080"}};
    EXPECT_EQ(
        plan_text(world),
        "[] -> 0 create demo-web-1: ports, environment.VERSION changed (stop-first, because it publishes "
        "port 8080 of the machine) (ports: (unset) → 8080->80/tcp; environment.VERSION: (unset) → (hidden))\n"
        "[0] -> 1 stop demo-web-1: ports, environment.VERSION changed (stop-first, because it publishes port "
        "8080 of the machine)\n"
        "[1] -> 2 start demo-web-1: ports, environment.VERSION changed (stop-first, because it publishes "
        "port 8080 of the machine)\n"
        "[2] -> 3 remove demo-web-1: ports, environment.VERSION changed (stop-first, because it publishes "
        "port 8080 of the machine); waits for the new container to run\n"
        "[3] -> 4 rename demo-web-1: ports, environment.VERSION changed (stop-first, because it publishes "
        "port 8080 of the machine); waits for the new container to run\n");
}

TEST(StartFirst, WhatCannotRunSideBySide) {
    struct Row {
        void (*arrange)(World&);
        const char* why;
    };
    const Row rows[] = {
        {[](World&) {}, ""},
        {[](World& world) {
             web_of(world).container.port_bindings["80/tcp"] = {{"", ""}, {"", "0"}};
         },
         ""},
        {[](World& world) {
             web_of(world).container.port_bindings["80/tcp"] = {{"", "8000-8009"}};
         },
         ""},
        {[](World& world) {
             web_of(world).container.port_bindings["80/tcp"] = {{"127.0.0.1", "80"}};
         },
         "it publishes port 80 of the machine"},
        {[](World& world) { web_of(world).container.network_mode = "host"; },
         "it uses the network of the machine"},
        {[](World& world) { web_of(world).container.network_mode = "container:db"; },
         "it shares the network of another container"},
        {[](World& world) { web_of(world).network_mode_service = {"db"}; },
         "it shares the network of another container"},
        {[](World& world) { web_of(world).container.networks.at({"demo_default"}).ipv6_address = "fd00::9"; },
         "it has the fixed address fd00::9"},
        {[](World& world) {
             web_of(world).container.devices = {{"/dev/ttyS0", "/dev/ttyS0", "rw"}};
         },
         "it has the device /dev/ttyS0"},
        {[](World& world) {
             world.desired.project.volumes[{"demo_data"}] = {
                 .name = {"demo_data"}, .key = "data", .exclusive = true};
             web_of(world).container.mounts = {
                 {.type = Mount::Type::volume, .source = "demo_data", .target = "/data"}};
         },
         "the volume data is exclusive"},
        {[](World& world) { world.add_service("side").network_mode_service = {"web"}; },
         "the service side shares its namespaces"},
    };
    for (const Row& row : rows) {
        World world = one_replica(UpdateConfig::Order::start_first);
        row.arrange(world);
        EXPECT_EQ(why_not_side_by_side(world.desired.project, web_of(world)), row.why);
    }
}

/// web depends on db; both have a new version.
World dependent_and_dependency() {
    World world;
    world.add_service("db");
    Service& web = world.add_service("web");
    web.depends_on[{"db"}] = {};
    (void)world.settle();
    update(world);
    new_version(world.desired.project.services.at({"db"}));
    return world;
}

TEST(UpdateGate, DependentsWaitUntilTheNewVersionHasHeld) {
    World world = dependent_and_dependency();
    EXPECT_EQ(
        plan_text(world),
        "[] -> 0 create demo-db-1: environment.VERSION changed (environment.VERSION: (unset) → (hidden))\n"
        "[0] -> 1 stop demo-db-1: environment.VERSION changed\n"
        "[1] -> 2 start demo-db-1: environment.VERSION changed\n"
        "[2] -> 3 remove demo-db-1: environment.VERSION changed; waits for the new container to run\n"
        "[3] -> 4 rename demo-db-1: environment.VERSION changed; waits for the new container to run\n"
        "[] -> 5 create demo-web-1: environment.VERSION changed (environment.VERSION: (unset) → (hidden)); "
        "waits for db to be replaced\n"
        "[2,5] -> 6 stop demo-web-1: environment.VERSION changed; waits for db to be replaced\n"
        "[6] -> 7 start demo-web-1: environment.VERSION changed; waits for db to be replaced\n"
        "[7] -> 8 remove demo-web-1: environment.VERSION changed; waits for the new container to run\n"
        "[8] -> 9 rename demo-web-1: environment.VERSION changed; waits for the new container to run\n");
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    EXPECT_EQ(world.observed.containers.size(), 3U);
    world.pass_time();
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_EQ(updated(world), 2U);
}

TEST(UpdateGate, AFailedVersionHoldsThoseOfDependents) {
    World world = dependent_and_dependency();
    world.desired.project.services.at({"db"}).container.environment["PROGRAM"] = "fail";
    EXPECT_EQ(
        to_text(world.settle()),
        "held container db-1: failed: rollout failed and was rolled back; the old container stays until the "
        "settings or the image change, or `dockerextd reconcile` (new container failed)\n"
        "held container web-1: failed: web needs db to be replaced, which failed: new container failed\n");
    EXPECT_EQ(updated(world), 0U);
    world.observed.containers.erase(ContainerId(container_of(world).id));
    (void)world.settle();
    EXPECT_TRUE(world.has("demo-web-1"));  // what is missing is created all the same
}

TEST(UpdateGate, ASuccessorThatWasCreatedTooEarlyGoes) {
    World world = dependent_and_dependency();
    const auto dependencies = std::exchange(web_of(world).depends_on, {});
    for (Plan plan = world.plan(); world.observed.containers.size() < 4;) {
        std::erase_if(plan.steps, [](const Step& step) {
            return !std::holds_alternative<CreateContainer>(step.operation);
        });
        ASSERT_EQ(world.run(plan), std::vector<std::string>{});
    }
    web_of(world).depends_on = dependencies;
    EXPECT_EQ(plan_text(world),
              "[] -> 0 stop demo-db-1: replacing the old container\n"
              "[0] -> 1 start demo-db-1: replacing the old container\n"
              "[1] -> 2 remove demo-db-1: replacing the old container; waits for the new container to run\n"
              "[2] -> 3 rename demo-db-1: replacing the old container; waits for the new container to run\n"
              "[] -> 4 remove demo-web-1: rolling back: a service that it depends on comes first\n");
}

TEST(Rollout, TheStatusTellsHowManyReplicasAreReplaced) {
    World world = three_replicas();
    const auto reason = [&] {
        return assess(world.desired, world.observed, world.history, world.plan(), {}, {}).at(0).reason;
    };
    update(world);
    EXPECT_EQ(reason(), "0 of 3 replaced; waits for the new container to run");
    (void)world.run(world.plan());
    world.pass_time();
    (void)world.run(world.plan());
    EXPECT_TRUE(reason().starts_with("1 of 3 replaced; ")) << reason();
    (void)world.settle();
    EXPECT_EQ(reason(), "");
}

TEST(Rollout, TheStatusTellsThatANewContainerIsWatched) {
    using namespace std::chrono_literals;
    for (const auto order : {UpdateConfig::Order::stop_first, UpdateConfig::Order::start_first}) {
        World world = three_replicas();
        web_of(world).update.order = order;
        update(world);
        (void)world.run(world.plan());
        for (const auto& [id, container] : world.observed.containers) {
            if (is_successor(container)) mark_unproven(world, container);
        }
        const ServiceStatus web = assess(world.desired, world.observed, world.history, world.plan(),
                                         SteadyTime{6s}, WallTime{} + 1h)
                                      .at(0);
        EXPECT_EQ(web.state, ServiceState::waiting);
        EXPECT_EQ(web.reason, "0 of 3 replaced, watching");
        ASSERT_TRUE(web.watching);
        EXPECT_EQ(web.watching->since, WallTime{} + 1h - 6s);
        EXPECT_EQ(web.watching->duration, 10s);
        world.history.unproven.clear();
        EXPECT_FALSE(
            assess(world.desired, world.observed, world.history, world.plan(), {}, {}).at(0).watching);
    }
}

TEST(Rollout, TheStatusCountsNoReplicaThatIsToGo) {
    World world = three_replicas();
    update(world);
    web_of(world).scale = 2;
    back_off(world, subject_of(Slot{{"web"}, 3}));
    const auto statuses = assess(world.desired, world.observed, world.history, world.plan(), {}, {});
    EXPECT_TRUE(statuses.at(0).reason.starts_with("0 of 2 replaced; ")) << statuses.at(0).reason;
}

}  // namespace
}  // namespace dockerext::plan
