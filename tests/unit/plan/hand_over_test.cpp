// Hand-over from a container to its successor: from every state that a crash may leave, forward or back.
#include "plan/assess.hpp"
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

const Case forward[] = {
    {"the new one runs", [](World&) {},
     "[] -> 0 remove demo-web-1: the new container is up\n"
     "[0] -> 1 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1)\n"},
    {"the new one runs, and the old one too",
     [](World& world) { container_of(world).state = ContainerState::running; },
     "[] -> 0 stop demo-web-1: the new container is up\n"
     "[0] -> 1 remove demo-web-1: the new container is up\n"
     "[1] -> 2 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1)\n"},
    {"the old one runs still",
     [](World& world) {
         container_of(world).state = ContainerState::running;
         successor_of(world).state = ContainerState::created;
     },
     "[] -> 0 stop demo-web-1: replacing the old container\n"
     "[0] -> 1 start demo-web-1: replacing the old container\n"
     "[1] -> 2 remove demo-web-1: replacing the old container; waits for the new container to run\n"
     "[2] -> 3 rename demo-web-1: replacing the old container; waits for the new container to run\n"},
    {"both are stopped", [](World& world) { successor_of(world).state = ContainerState::created; },
     "[] -> 0 start demo-web-1: replacing the old container\n"
     "[0] -> 1 remove demo-web-1: replacing the old container; waits for the new container to run\n"
     "[1] -> 2 rename demo-web-1: replacing the old container; waits for the new container to run\n"},
    {"not yet on all its networks",
     [](World& world) {
         successor_of(world).state = ContainerState::created;
         successor_of(world).attached.clear();
     },
     "[] -> 0 connect demo-web-1: replacing the old container\n"
     "[0] -> 1 start demo-web-1: replacing the old container\n"
     "[1] -> 2 remove demo-web-1: replacing the old container; waits for the new container to run\n"
     "[2] -> 3 rename demo-web-1: replacing the old container; waits for the new container to run\n"},
    {"its network went meanwhile",
     [](World& world) {
         successor_of(world).state = ContainerState::created;
         successor_of(world).attached.clear();
         world.observed.networks.clear();
     },
     "[] -> 0 create network demo_default: not found\n"
     "[0] -> 1 connect demo-web-1: replacing the old container\n"
     "[1] -> 2 start demo-web-1: replacing the old container\n"
     "[2] -> 3 remove demo-web-1: replacing the old container; waits for the new container to run\n"
     "[3] -> 4 rename demo-web-1: replacing the old container; waits for the new container to run\n"},
    {"only the name is left to change",
     [](World& world) { world.observed.containers.erase(ContainerId(container_of(world).id)); },
     "[] -> 0 rename demo-web-1: renamed (name: ID_demo-web-1 → demo-web-1)\n"},
    {"its health is waited for", [](World& world) { successor_of(world).health = Health::starting; },
     "[] -> 0 remove demo-web-1: the new container is up; waits for the new container to be healthy\n"
     "[0] -> 1 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1); waits "
     "for the "
     "new container to be healthy\n"},
    {"not up for long enough", [](World& world) { mark_unproven(world, successor_of(world)); },
     "[] -> 0 remove demo-web-1: the new container is up; waits for the new container to stay up for 10 s\n"
     "[0] -> 1 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1); waits for the "
     "new container to stay up for 10 s\n"
     "held container web-1: unproven: not up for 10 s yet\n"},
    {"not up for long enough, and the old one has been started",
     [](World& world) {
         mark_unproven(world, successor_of(world));
         container_of(world).state = ContainerState::running;
     },
     "[] -> 0 stop demo-web-1: the new container is up\n"
     "[0] -> 1 remove demo-web-1: the new container is up; waits for the new container to stay up for 10 s\n"
     "[1] -> 2 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1); waits for the "
     "new container to stay up for 10 s\n"
     "held container web-1: unproven: not up for 10 s yet\n"},
    {"somebody paused it", [](World& world) { successor_of(world).state = ContainerState::paused; },
     "[] -> 0 unpause demo-web-1: paused manually\n"
     "[] -> 1 remove demo-web-1: the new container is up; waits for the new container to run\n"
     "[1] -> 2 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1); waits "
     "for the "
     "new container to run\n"},
    {"the engine is removing it", [](World& world) { successor_of(world).state = ContainerState::removing; },
     ""},
    {"busy", [](World& world) { world.history.busy.insert(web_subject()); }, ""},
    {"backing off", [](World& world) { back_off(world, web_subject()); },
     "held container web-1: backoff: it broke\n"},
};

TEST(HandOver, ContinuesFromAnyState) {
    for (const Case& tested : forward) {
        SCOPED_TRACE(tested.what);
        World world = web_handing_over();
        tested.arrange(world);
        // The name's prefix is the old container's id, even when that container is gone.
        std::string text = plan_text(world);
        const std::string name = successor_of(world).name.value;
        if (const auto at = text.find(name); at != std::string::npos) text.replace(at, 12, "ID");
        EXPECT_EQ(text, tested.plan);
    }
}

/// The steps that run even when the rest of their plan is cancelled.
std::string restore_steps(const Plan& plan) {
    std::string text;
    for (const Step& step : plan.steps) {
        if (step.restores) text += std::string(verb(step.operation)) + " " + step.object + "\n";
    }
    return text;
}

TEST(HandOver, StepsBetweenStopAndStartAreNeverSkipped) {
    World world = web_running();
    web_of(world).container.environment["N"] = "2";
    web_of(world).files = {{.path = "/etc/app", .content = Secret("x")}};
    EXPECT_EQ(restore_steps(world.plan()), "put files into demo-web-1\nstart demo-web-1\n");
    World interrupted = web_handing_over();
    container_of(interrupted).state = ContainerState::running;
    successor_of(interrupted).state = ContainerState::created;
    EXPECT_EQ(restore_steps(interrupted.plan()), "start demo-web-1\n");
    World given_up = web_handing_over();
    successor_of(given_up).health = Health::unhealthy;
    EXPECT_EQ(restore_steps(given_up.plan()), "start demo-web-1\n");
}

const Case back[] = {
    {"its health check fails", [](World& world) { successor_of(world).health = Health::unhealthy; },
     "[] -> 0 stop demo-web-1: rollout failed: new container became unhealthy; rolling back\n"
     "[0] -> 1 start demo-web-1: rollout failed: new container became unhealthy; rolling back\n"
     "[1] -> 2 remove demo-web-1: rollout failed: new container became unhealthy; rolling back\n"
     "held container web-1: failed: rollout failed: new container became unhealthy; rolling back\n"},
    {"it ended", [](World& world) { world.end(successor_of(world), 3); },
     "[] -> 0 start demo-web-1: rollout failed: new container exited with code 3; rolling "
     "back\n"
     "[0] -> 1 remove demo-web-1: rollout failed: new container exited with code 3; rolling "
     "back\n"
     "held container web-1: failed: rollout failed: new container exited with code 3; rolling "
     "back\n"},
    {"the engine refused to start it",
     [](World& world) {
         successor_of(world).state = ContainerState::created;
         successor_of(world).error = "port is already allocated";
     },
     "[] -> 0 start demo-web-1: rollout failed: new container failed to start: port is already allocated; "
     "rolling "
     "back\n"
     "[0] -> 1 remove demo-web-1: rollout failed: new container failed to start: port is already allocated; "
     "rolling "
     "back\n"
     "held container web-1: failed: rollout failed: new container failed to start: port is already "
     "allocated; rolling "
     "back\n"},
    {"it keeps ending",
     [](World& world) {
         successor_of(world).state = ContainerState::restarting;
         successor_of(world).exit_code = 1;
     },
     "[] -> 0 stop demo-web-1: rollout failed: new container keeps exiting (exit code 1); the engine "
     "restarts it; rolling back\n"
     "[0] -> 1 start demo-web-1: rollout failed: new container keeps exiting (exit code 1); the engine "
     "restarts it; rolling back\n"
     "[1] -> 2 remove demo-web-1: rollout failed: new container keeps exiting (exit code 1); the engine "
     "restarts it; rolling back\n"
     "held container web-1: failed: rollout failed: new container keeps exiting (exit code 1); the engine "
     "restarts it; rolling back\n"},
    {"the engine reports it as dead", [](World& world) { successor_of(world).state = ContainerState::dead; },
     "[] -> 0 start demo-web-1: rollout failed: new container failed: the engine reports it as dead; rolling "
     "back\n"
     "[0] -> 1 remove demo-web-1: rollout failed: new container failed: the engine reports it as dead; "
     "rolling back\n"
     "held container web-1: failed: rollout failed: new container failed: the engine reports it as dead; "
     "rolling back\n"},
    {"it failed once, and runs again by the engine's policy",
     [](World& world) { world.history.failed_successors[successor_of(world).id] = "exited with code 3"; },
     "[] -> 0 stop demo-web-1: rollout failed: new container exited with code 3; rolling back\n"
     "[0] -> 1 start demo-web-1: rollout failed: new container exited with code 3; rolling back\n"
     "[1] -> 2 remove demo-web-1: rollout failed: new container exited with code 3; rolling back\n"
     "held container web-1: failed: rollout failed: new container exited with code 3; rolling back\n"},
    {"the old one runs already",
     [](World& world) {
         world.end(successor_of(world), 3);
         container_of(world).state = ContainerState::running;
     },
     "[] -> 0 remove demo-web-1: rollout failed: new container exited with code 3; rolling "
     "back\n"
     "held container web-1: failed: rollout failed: new container exited with code 3; rolling "
     "back\n"},
    {"backing off does not delay the old one's start",
     [](World& world) {
         world.end(successor_of(world), 3);
         back_off(world, web_subject());
     },
     "[] -> 0 start demo-web-1: rollout failed: new container exited with code 3; rolling "
     "back\n"
     "[0] -> 1 remove demo-web-1: rollout failed: new container exited with code 3; rolling "
     "back\n"
     "held container web-1: failed: rollout failed: new container exited with code 3; rolling "
     "back\n"},
    {"backing off delays a start that the engine refused",
     [](World& world) {
         world.end(successor_of(world), 3);
         container_of(world).error = "port is already allocated";
         back_off(world, web_subject());
     },
     "held container web-1: failed: rollout failed: new container exited with code 3; rolling "
     "back\n"
     "held container web-1: backoff: it broke\n"},
    {"new settings came", [](World& world) { web_of(world).container.environment["N"] = "3"; },
     "[] -> 0 stop demo-web-1: rolling back: the settings changed again during the rollout\n"
     "[0] -> 1 start demo-web-1: rolling back: the settings changed again during the rollout\n"
     "[1] -> 2 remove demo-web-1: rolling back: the settings changed again during the rollout\n"},
    {"the old settings came again",
     [](World& world) {
         successor_of(world).state = ContainerState::created;
         successor_of(world).spec.environment.erase("N");
         web_of(world).container.environment.erase("N");
     },
     "[] -> 0 start demo-web-1: rolling back: the old container matches the settings again\n"
     "[0] -> 1 remove demo-web-1: rolling back: the old container matches the settings again\n"},
};

TEST(HandOver, RollsBackToTheOldContainerWhenTheNewOneFails) {
    for (const Case& tested : back) {
        SCOPED_TRACE(tested.what);
        World world = web_handing_over();
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

TEST(HandOver, RestartsASuccessorThatStoppedWithTheEngine) {
    for (const bool restarted : {false, true}) {
        World world = web_handing_over();
        ObservedContainer& successor = successor_of(world);
        world.end(successor, 255);
        successor.health = Health::unhealthy;  // as engines report it after the end
        world.history.ended_run[successor.id] = {.run = successor.started_at, .interrupted = true};
        if (restarted) {  // by its restart policy, when the engine came back
            container_of(world).state = ContainerState::running;
            container_of(world).started_at = successor.finished_at;
        }
        EXPECT_EQ(to_text(world.settle()), "");
        EXPECT_EQ(container_of(world).id, successor.id);
    }
}

World world_with_job_hand_over(bool checked) {
    World world;
    Service& job = world.add_service("web", "job");
    if (checked) job.container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
    (void)world.settle();
    job.container.environment["N"] = "2";
    (void)world.run(world.plan());
    return world;
}

TEST(HandOver, ACompletedJobTakesOverWithOrWithoutAHealthCheck) {
    for (const bool checked : {false, true}) {
        World world = world_with_job_hand_over(checked);
        // Engines report every ended container with a health check as unhealthy.
        EXPECT_EQ(successor_of(world).health, checked ? Health::unhealthy : Health::none);
        EXPECT_EQ(plan_text(world),
                  "[] -> 0 remove demo-web-1: the new container is up\n"
                  "[0] -> 1 rename demo-web-1: the new container is up (name: ID_demo-web-1 → "
                  "demo-web-1)\n");
    }
}

TEST(HandOver, AFailedSuccessorGoesAlsoWhenTheHooksOfTheOldContainerFail) {
    World world = web_handing_over();
    web_of(world).post_start = {Hook{.command = {"true"}}};
    world.end(successor_of(world), 3);
    const std::string text = plan_text(world);
    EXPECT_NE(text.find("[0] -> 1 run hook in demo-web-1"), std::string::npos) << text;
    EXPECT_NE(text.find("[0] -> 2 remove demo-web-1"), std::string::npos) << text;
}

TEST(HandOver, AnOldContainerThatEndsAgainIsRestoredWithBackoff) {
    World world = web_handing_over();
    world.end(successor_of(world), 3);
    back_off(world, web_subject());  // because of the successor
    EXPECT_TRUE(plan_text(world).starts_with("[] -> 0 start demo-web-1: rollout failed")) << "at once";
    EXPECT_EQ(world.run(world.plan(), 1), std::vector<std::string>{});
    world.end(container_of(world), 1);
    EXPECT_EQ(plan_text(world).find("start demo-web-1"), std::string::npos) << plan_text(world);
}

TEST(HandOver, ACompletedJobIsNotRunAgainAfterARollback) {
    World world = world_with_job_hand_over(false);
    world.end(successor_of(world), 3);
    EXPECT_EQ(
        plan_text(world),
        "[] -> 0 remove demo-web-1: rollout failed: new container exited with code 3; rolling back\n"
        "held container web-1: failed: rollout failed: new container exited with code 3; rolling back\n");
}

TEST(HandOver, AVersionThatFailedIsNotTriedAgain) {
    World world = web_running();
    const ContainerId old = container_of(world).id;
    web_of(world).container.environment["PROGRAM"] = "fail";
    EXPECT_EQ(
        to_text(world.settle()),
        "held container web-1: failed: rollout failed and was rolled back; the old container stays until "
        "the settings or the image change, or `dockerextd reconcile` (new container failed)\n");
    EXPECT_EQ(container_of(world).id, old);
    EXPECT_EQ(container_of(world).state, ContainerState::running);
    EXPECT_EQ(world.observed.containers.size(), 1U);
    EXPECT_EQ(world.history.failed_rollouts[web_subject()].attempts, 1U);
}

TEST(HandOver, ASuccessorTakesOverAnonymousVolumes) {
    World world = web_running();
    web_of(world).container.mounts.push_back({.type = Mount::Type::volume, .target = "/scratch/"});
    EXPECT_EQ(to_text(world.settle()), "");
    const auto volumes = [&] {
        std::set<std::string> all;
        for (const Mount& mount : container_of(world).spec.mounts) all.insert(mount.source);
        return all;
    };
    const auto before = volumes();
    EXPECT_EQ(before.size(), 2U);  // one from the image, one from the service
    const ContainerId old = container_of(world).id;
    web_of(world).container.privileged = true;
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_NE(container_of(world).id, old);
    EXPECT_EQ(volumes(), before);
}

TEST(HandOver, AnonymousVolumesNoLongerDesiredAreNotTakenOver) {
    World world = web_running();
    web_of(world).container.mounts.push_back({.type = Mount::Type::volume, .target = "/scratch"});
    (void)world.settle();
    web_of(world).container.mounts.clear();
    web_of(world).container.tmpfs["/cache"] = "";  // at the path of the image's volume
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_TRUE(container_of(world).spec.mounts.empty());
}

TEST(HandOver, WaitsForDependenciesBeforeStoppingTheOldContainer) {
    World world = web_running();
    world.add_service("db").container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
    web_of(world).depends_on[{"db"}] = {.condition = DependencyCondition::healthy};
    web_of(world).container.privileged = true;
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create demo-db-1: not found\n"
              "[0] -> 1 start demo-db-1: not found\n"
              "[] -> 2 create demo-web-1: privileged changed (privileged: false → true); waits for db to be "
              "healthy\n"
              "[2] -> 3 stop demo-web-1: privileged changed; waits for db to be healthy\n"
              "[3] -> 4 start demo-web-1: privileged changed; waits for db to be healthy\n"
              "[4] -> 5 remove demo-web-1: privileged changed; waits for the new container to run\n"
              "[5] -> 6 rename demo-web-1: privileged changed; waits for the new container to run\n");
    EXPECT_EQ(to_text(world.settle()), "");
}

TEST(HandOver, AKilledOldContainerIsNoFailureOfTheService) {
    World world = web_handing_over();
    world.end(container_of(world), 137);
    const auto statuses = assess(world.desired, world.observed, world.history, world.plan(), {}, {});
    EXPECT_EQ(statuses.at(0).state, ServiceState::pending);
    EXPECT_EQ(statuses.at(0).running, 1U);
}

}  // namespace
}  // namespace dockerext::plan
