// Recreation of a network: not before it is possible, and rolled back when the new definition is refused.
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using testing::IsEmpty;

const NetworkName demo_network{"demo_default"};

World changed() {
    World world = web_running();
    world.desired.project.networks.at(demo_network).internal = true;
    return world;
}

/// The engine refused the new definition: the network is gone, and its former state is known.
World refused() {
    World world = changed();
    ObservedNetwork& network = world.observed.networks.at(demo_network);
    network.driver_options["mtu"] = "1400";
    network.ipam_pools = {{"10.1.0.0/24", "10.1.0.1", "", {}}};
    world.history.former_networks[demo_network] = network;
    world.history.failed_rollouts[subject_of(demo_network)] = {.attempts = 1};
    world.history.failure_records[subject_of(demo_network)] = {
        .failures = 1, .last_error = "create network: overlaps", .since = {}, .next_attempt = {}};
    world.observed.networks.erase(demo_network);
    container_of(world).attached.clear();
    container_of(world).spec.networks.clear();
    return world;
}

const Case held_cases[] = {
    {"strangers are on it",
     [](World& world) {
         world.observed.networks.at(demo_network).foreign_containers = {"guest", "lodger"};
     },
     "held network demo_default: conflict: internal changed; containers that are not managed here are "
     "attached to this network, which cannot be removed: guest, lodger; disconnect them with `docker network "
     "disconnect -f demo_default CONTAINER`, or remove them\n"},
    {"somebody of ours may be on it",
     [](World& world) {
         world.observed.unknown.emplace(subject_of(Slot{{"db"}, 1}),
                                        Unknown{Error(ErrorKind::unavailable, "no (500)"), {}});
     },
     "held network demo_default: unknown: internal changed, but the state of some containers that may be on "
     "it is unknown; retrying\n"
     "held container db-1: unknown: state of container db-1 unknown: no (500); retrying\n"},
    {"it failed twice",
     [](World& world) {
         world.history.failed_rollouts[subject_of(demo_network)] = {2, "it broke"};
     },
     "held network demo_default: failed: internal changed; recreating it failed twice and was rolled back; "
     "it stays until the settings change or `dockerextd reconcile` (it broke)\n"},
    {"it failed lately", [](World& world) { back_off(world, subject_of(demo_network)); },
     "held network demo_default: backoff: it broke\n"},
    {"drift is reported only", [](World& world) { world.desired.policy.repair = false; },
     "held network demo_default: policy: drift reported, not repaired (reconcile.drift): internal changed\n"},
};

TEST(Networks, NoContainerIsDisconnectedWhenANetworkCannotBeReplaced) {
    for (const Case& tested : held_cases) {
        SCOPED_TRACE(tested.what);
        World world = changed();
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

/// Somebody may have named it after one.
TEST(Networks, NoSecretIsToldThatIsTheNameOfANetwork) {
    World world = web_running();
    world.desired.redact = Redactor({Secret("sesame-of-the-cave")});
    container_of(world).attached[{"sesame-of-the-cave"}] = {"n9"};
    EXPECT_EQ(plan_text(world),
              "[] -> 0 disconnect demo-web-1: networks changed (networks.(hidden): connected → (unset))\n");
}

/// As docker-compose 1.6 made it.
TEST(Networks, OneWithoutLabelsIsRecreatedWithLabelsIfOnlyOurContainersAreOnIt) {
    World world = web_running();
    world.observed.networks.at(demo_network).labels.clear();
    const ContainerId before = container_of(world).id;
    EXPECT_EQ(plan_text(world),
              "[] -> 0 disconnect demo-web-1: network demo_default is recreated\n"
              "[0] -> 1 remove network demo_default: labels changed (labels: (unset) → Compose's)\n"
              "[1] -> 2 create network demo_default: labels changed\n"
              "[2] -> 3 connect demo-web-1: network demo_default is recreated\n");
    (void)world.settle();
    EXPECT_EQ(plan_text(world), "");
    EXPECT_FALSE(world.observed.networks.at(demo_network).labels.empty());
    EXPECT_EQ(container_of(world).id, before);
}

TEST(Networks, OneWithoutLabelsIsReplacedToTheEndAfterAnInterruption) {
    for (const std::size_t steps : {1U, 2U, 3U}) {
        SCOPED_TRACE(steps);
        World world = web_running();
        ObservedNetwork& network = world.observed.networks.at(demo_network);
        network.labels.clear();
        world.history.former_networks[demo_network] = network;
        EXPECT_THAT(world.run(world.plan(), steps), IsEmpty());
        (void)world.settle();
        EXPECT_FALSE(world.observed.networks.at(demo_network).labels.empty());
        EXPECT_TRUE(container_of(world).attached.contains(demo_network));
    }
}

TEST(Networks, OneThatIsCreatedAgainHasLabels) {
    World world = refused();
    world.history.former_networks.at(demo_network).labels.clear();
    (void)world.settle();
    EXPECT_FALSE(world.observed.networks.at(demo_network).labels.empty());
}

TEST(Networks, OneWithoutLabelsIsNotOursIfStrangersAreOnItOrNobody) {
    const std::function<void(World&)> others[] = {
        [](World& world) { world.observed.networks.at(demo_network).foreign_containers = {"guest"}; },
        [](World&) {}};
    for (const auto& arrange : others) {
        World world = web_running();
        world.observed.networks.at(demo_network).labels.clear();
        world.observed.containers.clear();
        arrange(world);
        EXPECT_EQ(
            plan_text(world),
            "held container web-1: failed: a network named demo_default exists outside Compose; remove it, "
            "or declare it external\n");
    }
}

TEST(Networks, AReplacementIsFinishedOnceTheFirstContainerIsDisconnected) {
    World world = web_running();
    (void)world.add_service("db");
    (void)world.settle();
    world.desired.project.networks.at(demo_network).internal = true;
    const Plan plan = world.plan();
    ASSERT_EQ(plan.steps.size(), 6U) << to_text(plan);
    EXPECT_FALSE(plan.steps[0].restores);
    for (StepId id = 1; id < plan.steps.size(); ++id) {
        EXPECT_TRUE(plan.steps[id].restores) << id;
        EXPECT_FALSE(plan.steps[id].after.empty()) << id;
    }
    EXPECT_EQ(to_text(world.settle()), "");
}

TEST(Networks, ReconnectsWithNamesLinksAndAddressesOfTheSettings) {
    World world = changed();
    Endpoint& had = container_of(world).spec.networks.at(demo_network);
    had.aliases.insert("by hand");
    had.links.insert("db:database");
    had.ipv4_address = "10.0.0.2";
    web_of(world).container.networks.at(demo_network).ipv4_address = "10.9.0.2";
    for (const Step& step : world.plan().steps) {
        const auto* connect = std::get_if<ConnectNetwork>(&step.operation);
        if (connect == nullptr) continue;
        EXPECT_EQ(connect->endpoint.aliases, (std::set<std::string>{"by hand", "demo-web-1", "web"}));
        EXPECT_EQ(connect->endpoint.links, std::set<std::string>{"db:database"});
        EXPECT_EQ(connect->endpoint.ipv4_address, "10.9.0.2");
        return;
    }
    ADD_FAILURE() << "it does not come back";
}

TEST(Networks, ADuplicateIsRemovedBeforeContainersAreConnected) {
    World world = web_running();
    world.observed.networks.at(demo_network).unused_duplicates = {{"n2"}};
    container_of(world).attached.clear();
    container_of(world).spec.networks.clear();
    EXPECT_EQ(plan_text(world),
              "[] -> 0 remove network demo_default: a second network of this name; the engine connects "
              "containers to neither\n"
              "[0] -> 1 connect demo-web-1: networks changed (networks.demo_default: not connected → as "
              "demo-web-1, web)\n");
    const Plan plan = world.plan();
    EXPECT_EQ(std::get<RemoveNetwork>(plan.steps.at(0).operation).id.value, "n2");
    world.history.busy.insert(subject_of(demo_network));
    EXPECT_EQ(plan_text(world).find("remove network"), std::string::npos) << plan_text(world);
}

TEST(Networks, AFailedRecreationIsRolledBack) {
    World world = refused();
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create network demo_default: rolled back, because recreating it failed\n"
              "[0] -> 1 connect demo-web-1: networks changed (networks.demo_default: not connected → as "
              "demo-web-1, "
              "web)\n");
    EXPECT_EQ(world.run(world.plan()), std::vector<std::string>{});
    const ObservedNetwork& back = world.observed.networks.at(demo_network);
    EXPECT_FALSE(back.internal);
    EXPECT_EQ(back.driver_options.at("mtu"), "1400");
    EXPECT_EQ(back.ipam_pools.at(0).subnet, "10.1.0.0/24");
    EXPECT_TRUE(container_of(world).attached.contains(demo_network));
}

TEST(Networks, AFailedRollbackWaitsForItsBackoff) {
    World world = refused();
    back_off(world, subject_of(demo_network));
    EXPECT_EQ(plan_text(world).find("create network"), std::string::npos) << plan_text(world);
}

/// The daemon was killed between the removal and the creation.
TEST(Networks, ARemovedNetworkIsRecreated) {
    World world = refused();
    world.history.failed_rollouts.clear();
    world.history.failure_records.clear();
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_TRUE(world.observed.networks.at(demo_network).internal);
}

TEST(Networks, AnUnusedNetworkStaysWhileForeignContainersUseIt) {
    World world = web_running();
    world.create_network({"demo_old"},
                         {{std::string(labels::project), "demo"}, {std::string(labels::network), "old"}});
    world.observed.networks.at({"demo_old"}).foreign_containers = {"guest"};
    EXPECT_EQ(plan_text(world),
              "held network demo_old: conflict: no service uses it; containers that are not managed here are "
              "attached to this network, which cannot be removed: guest; disconnect them with `docker "
              "network disconnect -f demo_old CONTAINER`, or remove them\n");
}

}  // namespace
}  // namespace dockerext::plan
