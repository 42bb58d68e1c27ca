// The repair ladder, rung by rung: an observed state, and its plan as people read it.
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

const Case in_place[] = {
    {"nothing", [](World&) {}, ""},
    {"paused", [](World& world) { container_of(world).state = ContainerState::paused; },
     "[] -> 0 unpause demo-web-1: paused manually (state: paused → running)\n"},
    {"stopped", [](World& world) { world.stop_by_hand(container_of(world)); },
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"killed", [](World& world) { world.end(container_of(world), 137); },
     "[] -> 0 start demo-web-1: not running (exit code 137: killed by SIGKILL; the engine does not say by "
     "whom) (state: exited → running)\n"},
    {"never started", [](World& world) { container_of(world).state = ContainerState::created; },
     "[] -> 0 start demo-web-1: not started yet (state: created → running)\n"},
    {"a start that the engine refused",
     [](World& world) {
         container_of(world).state = ContainerState::created;
         container_of(world).error = "port is already allocated";
     },
     "[] -> 0 start demo-web-1: port is already allocated (state: created → running)\n"},
    {"renamed", [](World& world) { container_of(world).name = {"else"}; },
     "[] -> 0 rename demo-web-1: renamed (name: else → demo-web-1)\n"},
    {"a container_name of the service's own",
     [](World& world) { web_of(world).container_name = ContainerName{"front"}; },
     "[] -> 0 rename front: renamed (name: demo-web-1 → front)\n"
     "[0] -> 1 disconnect front: networks changed (networks.demo_default: as demo-web-1, web → as front, "
     "web)\n"
     "[1] -> 2 connect front: networks changed (networks.demo_default: as demo-web-1, web → as front, "
     "web)\n"},
    {"memory changed",
     [](World& world) {
         container_of(world).spec.memory = Bytes{96 << 20};
         container_of(world).spec.memory_swap = Bytes{192 << 20};
     },
     "[] -> 0 update demo-web-1: mem_limit changed (mem_limit: 96m → 64m)\n"},
    {"swap changed", [](World& world) { container_of(world).spec.memory_swap = Bytes{96 << 20}; },
     "[] -> 0 update demo-web-1: memswap_limit changed (memswap_limit: 96m → (unset))\n"},
    {"cpus given by the settings", [](World& world) { web_of(world).container.cpus = NanoCpus{500'000'000}; },
     "[] -> 0 update demo-web-1: cpus changed (cpus: (unset) → 0.5)\n"},
    {"restart policy changed", [](World& world) { container_of(world).spec.restart = {}; },
     "[] -> 0 update demo-web-1: restart changed (restart: no → always)\n"},
    {"disconnected",
     [](World& world) {
         container_of(world).attached.clear();
         container_of(world).spec.networks.clear();
     },
     "[] -> 0 connect demo-web-1: networks changed (networks.demo_default: not connected → as demo-web-1, "
     "web)\n"},
    {"connected with another MAC address",
     [](World& world) {
         web_of(world).container.networks.at({"demo_default"}).mac_address = "02-42-AC-11-00-09";
         container_of(world).spec.networks.at({"demo_default"}).mac_address = "02:42:ac:11:00:08";
     },
     "[] -> 0 disconnect demo-web-1: networks changed (networks.demo_default: as demo-web-1, web with "
     "02:42:ac:11:00:08 → as demo-web-1, web with 02-42-AC-11-00-09)\n"
     "[0] -> 1 connect demo-web-1: networks changed (networks.demo_default: as demo-web-1, web with "
     "02:42:ac:11:00:08 → as demo-web-1, web with 02-42-AC-11-00-09)\n"},
    {"connected with the MAC address and the addresses that are asked for, spelled otherwise",
     [](World& world) {
         Endpoint& want = web_of(world).container.networks.at({"demo_default"});
         Endpoint& have = container_of(world).spec.networks.at({"demo_default"});
         want.mac_address = "02-42-AC-11-00-09";
         have.mac_address = "02:42:ac:11:00:09";
         want.ipv6_address = "FD00:0::0010";
         have.ipv6_address = "fd00::10";
     },
     ""},
    {"a MAC address that the engine tells nothing of: the container is paused",
     [](World& world) {
         web_of(world).container.networks.at({"demo_default"}).mac_address = "02:42:ac:11:00:09";
         container_of(world).state = ContainerState::paused;
     },
     "[] -> 0 unpause demo-web-1: paused manually (state: paused → running)\n"},
    {"connected without its alias",
     [](World& world) { container_of(world).spec.networks.at({"demo_default"}).aliases = {"demo-web-1"}; },
     "[] -> 0 disconnect demo-web-1: networks changed (networks.demo_default: as demo-web-1 → as "
     "demo-web-1, web)\n"
     "[0] -> 1 connect demo-web-1: networks changed (networks.demo_default: as demo-web-1 → as demo-web-1, "
     "web)\n"},
    {"further aliases are nobody's harm",
     [](World& world) {
         container_of(world).spec.networks.at({"demo_default"}).aliases.insert("0123456789ab");
     },
     ""},
    {"at another address",
     [](World& world) {
         web_of(world).container.networks.at({"demo_default"}).ipv4_address = "10.0.0.9";
         container_of(world).spec.networks.at({"demo_default"}).ipv4_address = "10.0.0.2";
     },
     "[] -> 0 disconnect demo-web-1: networks changed (networks.demo_default: as demo-web-1, web at 10.0.0.2 "
     "→ as "
     "demo-web-1, web at 10.0.0.9)\n"
     "[0] -> 1 connect demo-web-1: networks changed (networks.demo_default: as demo-web-1, web at 10.0.0.2 "
     "→ as "
     "demo-web-1, web at 10.0.0.9)\n"},
    {"on a network of that name that was made anew",
     [](World& world) { world.observed.networks.at({"demo_default"}).id = {"new"}; },
     "[] -> 0 disconnect demo-web-1: networks changed (networks.demo_default: connected to a network of that "
     "name that "
     "is gone → as demo-web-1, web)\n"
     "[0] -> 1 connect demo-web-1: networks changed (networks.demo_default: connected to a network of that "
     "name that is "
     "gone → as demo-web-1, web)\n"},
    {"connected elsewhere",
     [](World& world) {
         container_of(world).attached[{"stranger"}] = {"id"};
         container_of(world).spec.networks[{"stranger"}] = {};
     },
     "[] -> 0 disconnect demo-web-1: networks changed (networks.stranger: connected → (unset))\n"},
    {"unhealthy", [](World& world) { container_of(world).health = Health::unhealthy; },
     "[] -> 0 restart demo-web-1: its health check fails\n"},
    {"unhealthy, and not to be restarted",
     [](World& world) {
         container_of(world).health = Health::unhealthy;
         world.desired.policy.restart_unhealthy = false;
     },
     ""},
    {"a dependency was recreated",
     [](World& world) {
         world.history.pending_restarts[container_of(world).id] = container_of(world).started_at;
     },
     "[] -> 0 restart demo-web-1: a service that it depends on was recreated\n"},
    {"a dependency was recreated, and it does not run",
     [](World& world) {
         world.history.pending_restarts[container_of(world).id] = container_of(world).started_at;
         world.end(container_of(world), 1);
     },
     "[] -> 0 start demo-web-1: not running (exit code 1) (state: exited → running)\n"},
    {"restarting is the engine's business",
     [](World& world) { container_of(world).state = ContainerState::restarting; }, ""},
    {"being removed by the engine",
     [](World& world) { container_of(world).state = ContainerState::removing; }, ""},
    {"several rungs, in an order that lets each succeed",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         container_of(world).spec.restart = {};
         container_of(world).attached.clear();
         container_of(world).name = {"else"};
     },
     "[] -> 0 rename demo-web-1: renamed (name: else → demo-web-1)\n"
     "[0] -> 1 connect demo-web-1: networks changed (networks.demo_default: not connected → as demo-web-1, "
     "web)\n"
     "[1] -> 2 update demo-web-1: restart changed (restart: no → always)\n"
     "[2] -> 3 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"paused and renamed",
     [](World& world) {
         container_of(world).state = ContainerState::paused;
         container_of(world).name = {"else"};
     },
     "[] -> 0 unpause demo-web-1: paused manually (state: paused → running)\n"
     "[0] -> 1 rename demo-web-1: renamed (name: else → demo-web-1)\n"},
    {"a hash alone is no reason",
     [](World& world) { container_of(world).spec.labels[std::string(labels::config_hash)] = "another"; }, ""},
    {"the image is gone locally", [](World& world) { world.observed.images.clear(); }, ""},
};

TEST(Ladder, PrefersTheLeastDisruptiveStep) {
    for (const Case& tested : in_place) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

TEST(Ladder, InPlaceKeepsTheContainerAndLeavesNothingToDo) {
    for (const Case& tested : in_place) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        const ContainerId id = container_of(world).id;
        tested.arrange(world);
        if (std::string_view(tested.plan).empty()) continue;
        EXPECT_EQ(to_text(world.settle()), "");
        EXPECT_EQ(world.observed.containers.begin()->first, id);
    }
}

TEST(Ladder, RecreatesWhatCannotBeUpdatedInPlace) {
    const std::string expected_last_step =
        "[0] -> 1 stop demo-web-1: FIELD changed\n"
        "[1] -> 2 start demo-web-1: FIELD changed\n"
        "[2] -> 3 remove demo-web-1: FIELD changed; waits for the new container to run\n"
        "[3] -> 4 rename demo-web-1: FIELD changed; waits for the new container to run\n";
    const Case cases[] = {
        {"environment.PROGRAM", [](World& world) { container_of(world).spec.environment["PROGRAM"] = "job"; },
         "(environment.PROGRAM: (hidden) → (hidden))"},
        {"image", [](World& world) { container_of(world).image_id = {"sha256:0123456789abcdef"}; },
         "(image: busybox:1 (sha256:0123456789ab) → busybox:1 (sha256:"},
        {"mem_limit", [](World& world) { web_of(world).container.memory = {}; }, "(mem_limit: 64m → (unset)"},
        {"privileged", [](World& world) { container_of(world).spec.privileged = true; },
         "(privileged: true → false)"},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        const ContainerId old = container_of(world).id;
        tested.arrange(world);
        std::string expected = expected_last_step;
        for (std::size_t at = 0; (at = expected.find("FIELD")) != std::string::npos;)
            expected.replace(at, 5, tested.what);
        const std::string text = plan_text(world);
        const std::string first = text.substr(0, text.find('\n') + 1);
        EXPECT_EQ(text.substr(first.size()), expected);
        EXPECT_TRUE(
            first.starts_with("[] -> 0 create demo-web-1: " + std::string(tested.what) + " changed ("))
            << first;
        EXPECT_NE(first.find(tested.plan), std::string::npos) << first;
        EXPECT_EQ(to_text(world.settle()), "");
        EXPECT_FALSE(world.observed.containers.contains(old));
        EXPECT_EQ(world.observed.containers.size(), 1U);
    }
}

TEST(Ladder, RecreatesDeadContainers) {
    World world = web_running();
    container_of(world).state = ContainerState::dead;
    EXPECT_EQ(plan_text(world).substr(0, 71),
              "[] -> 0 create demo-web-1: state changed (state: dead → running)\n[0] ");
    EXPECT_EQ(to_text(world.settle()), "");
}

const Case held[] = {
    {"busy",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         world.history.busy.insert(web_subject());
     },
     ""},
    {"backing off",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         back_off(world, web_subject());
     },
     "held container web-1: backoff: it broke\n"},
    {"backed off long enough",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         world.history.failure_records[web_subject()] = {
             .failures = 9, .last_error = "it broke", .since = {}, .next_attempt = {}};
     },
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"backing off, and nothing to do", [](World& world) { back_off(world, web_subject()); }, ""},
    {"recreated twice for the same field",
     [](World& world) {
         container_of(world).spec.privileged = true;
         world.history.repair_counts[web_subject()]["privileged"] = 2;
     },
     "held container web-1: frozen: privileged drifted back to true after two repairs (want false); not "
     "repaired again until the settings change or `dockerextd reconcile`\n"},
    {"put right in place twice for the same field",
     [](World& world) {
         ObservedContainer& container = container_of(world);
         container.spec.memory = Bytes{96 << 20};
         container.name = {"else"};
         container.attached.clear();
         auto& fields = world.history.repair_counts[web_subject()];
         fields["mem_limit"] = fields["name"] = fields["networks.demo_default"] = 2;
     },
     "held container web-1: frozen: mem_limit drifted back to 96m after two repairs (want 64m); not repaired "
     "again until the settings change or `dockerextd reconcile`\n"
     "held container web-1: frozen: name drifted back to else after two repairs (want demo-web-1); not "
     "repaired again until the settings change or `dockerextd reconcile`\n"
     "held container web-1: frozen: networks.demo_default drifted back to not connected after two repairs "
     "(want as demo-web-1, web); not repaired again until the settings change or `dockerextd reconcile`\n"},
    {"frozen for one field, started all the same",
     [](World& world) {
         container_of(world).spec.privileged = true;
         world.history.repair_counts[web_subject()]["privileged"] = 2;
         world.stop_by_hand(container_of(world));
     },
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"
     "held container web-1: frozen: privileged drifted back to true after two repairs (want false); not "
     "repaired again until the settings change or `dockerextd reconcile`\n"},
    {"a rollout failed",
     [](World& world) {
         web_of(world).container.privileged = true;
         world.history.failed_rollouts[web_subject()] = {1, "new container exited with code 3", {}, {}, true};
     },
     "held container web-1: failed: rollout failed and was rolled back; the old container stays until the "
     "settings or the image change, or `dockerextd reconcile` (new container exited with code 3)\n"},
    {"drift that is only reported",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         world.desired.policy.repair = false;
     },
     "held container web-1: policy: drift reported, not repaired (reconcile.drift): stopped manually\n"},
    {"a name and a network that are only reported",
     [](World& world) {
         container_of(world).attached.clear();
         container_of(world).name = {"else"};
         world.desired.policy.repair = false;
     },
     "held container web-1: policy: drift reported, not repaired (reconcile.drift): networks.demo_default, "
     "name\n"},
    {"drift that needs recreation and is only reported",
     [](World& world) {
         container_of(world).spec.privileged = true;
         world.desired.policy.repair = false;
     },
     "held container web-1: policy: drift reported, not repaired (reconcile.drift): privileged\n"},
    {"a restart for a dependency that is only reported",
     [](World& world) {
         world.history.pending_restarts[container_of(world).id] = container_of(world).started_at;
         world.desired.policy.repair = false;
     },
     "held container web-1: policy: drift reported, not repaired (reconcile.drift): a service that it "
     "depends "
     "on was recreated\n"},
    {"its name is a stranger's",
     [](World& world) {
         container_of(world).name = {"else"};
         world.observed.foreign_names[{"demo-web-1"}] = {"0123456789abcdef"};
     },
     "held container web-1: conflict: its name demo-web-1 is taken by a container that is not managed "
     "here\n"},
};

TEST(Ladder, HoldsWorkThatMustWait) {
    for (const Case& tested : held) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

TEST(Ladder, AnOperatorsRestartIsNoDriftThatIsOnlyReported) {
    World world = web_running();
    world.desired.policy.repair = false;
    world.history.pending_restarts[container_of(world).id] = container_of(world).started_at;
    world.history.asked_restarts[{"web"}] = container_of(world).started_at;
    EXPECT_EQ(plan_text(world), "[] -> 0 restart demo-web-1: asked for with `dockerextd restart`\n");
}

TEST(Ladder, NewSettingsAreAppliedThoughDriftIsOnlyReported) {
    World world = web_running();
    world.desired.policy.repair = false;
    web_of(world).container.memory = Bytes{96 << 20};
    web_of(world).config_hash = "another";
    EXPECT_EQ(plan_text(world), "[] -> 0 update demo-web-1: mem_limit changed (mem_limit: 64m → 96m)\n");
}

TEST(Ladder, SwappedNamesAreFreedByTemporaryRenames) {
    World world = web_running();
    world.add_service("db");
    (void)world.settle();
    std::swap(container_of(world).name, world.container("demo-db-1").name);
    EXPECT_EQ(plan_text(world),
              "[] -> 0 rename demo-db-1: renamed, and another container has its name (name: demo-web-1 → "
              "ID_demo-db-1)\n"
              "[] -> 1 rename demo-web-1: renamed, and another container has its name (name: demo-db-1 → "
              "ID_demo-web-1)\n");
    EXPECT_EQ(to_text(world.settle()), "");
}

}  // namespace
}  // namespace dockerext::plan
