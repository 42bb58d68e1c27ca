// Containers that share a namespace whose owner was restarted or replaced.
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using namespace std::chrono_literals;

const ContainerId vpn{std::string(64, '5')}, next_vpn{std::string(64, '6')};

std::string ContainerSpec::*const modes[] = {&ContainerSpec::network_mode, &ContainerSpec::ipc_mode,
                                             &ContainerSpec::pid_mode};

/// web runs in a namespace of proxy's container.
World sharing(std::optional<ServiceName> Service::*what = &Service::network_mode_service) {
    World world;
    world.add_service("proxy");
    Service& web = world.add_service("web");
    if (what == &Service::network_mode_service) {
        web.container.networks.clear();
        web.container.network_mode.clear();
    }
    web.*what = ServiceName{"proxy"};
    web.depends_on[{"proxy"}] = {.restart = true};
    (void)world.settle();
    return world;
}

ObservedContainer& proxy_of(World& world) { return world.container("demo-proxy-1"); }
void restart_proxy(World& world) { proxy_of(world).started_at = container_of(world).started_at + 1s; }

/// web runs in a namespace of vpn, a container outside the project that was started earlier.
World joining(std::string ContainerSpec::*mode) {
    World world;
    Service& web = world.add_service("web");
    if (mode == &ContainerSpec::network_mode) web.container.networks.clear();
    web.container.*mode = "container:vpn";
    world.observed.owners["vpn"] = {.id = vpn, .name = {"vpn"}, .running = true, .started_at = {}};
    (void)world.settle();
    container_of(world).spec.*mode = "container:" + vpn.value;  // engines replace the name by the id
    world.observed.owners[vpn.value] = world.observed.owners["vpn"];
    return world;
}

TEST(Namespaces, ASharingContainerIsRestartedAfterTheOwner) {
    World world = sharing();
    EXPECT_EQ(plan_text(world), "");
    restart_proxy(world);
    EXPECT_EQ(plan_text(world),
              "[] -> 0 restart demo-web-1: demo-proxy-1, whose network it shares, was started after it "
              "(network_mode: of an earlier run of demo-proxy-1 → of demo-proxy-1)\n");
    world.container("demo-web-1").started_at = proxy_of(world).started_at + 1s;
    EXPECT_EQ(plan_text(world), "");
}

TEST(Namespaces, AlsoHoldsForOtherNamespaces) {
    for (const auto what : {&Service::ipc_mode_service, &Service::pid_mode_service}) {
        World world = sharing(what);
        EXPECT_EQ(plan_text(world), "");
        restart_proxy(world);
        EXPECT_EQ(world.plan().steps.size(), 1U);
        EXPECT_TRUE(std::holds_alternative<RestartContainer>(world.plan().steps[0].operation));
    }
}

/// Cases in which the plan leaves web alone.
const Case kept[] = {
    {"the owner is down", [](World& world) { proxy_of(world).state = ContainerState::restarting; }, ""},
    {"the owner is being worked on",
     [](World& world) {
         world.history.busy.insert(subject_of(Slot{{"proxy"}, 1}));
     },
     ""},
    {"it was restarted for that run already, and the clock was set back",
     [](World& world) { world.history.restarted_for[container_of(world).id] = proxy_of(world).started_at; },
     ""},
    {"it was restarted for a later run, and the clock was set back",
     [](World& world) {
         world.history.restarted_for[container_of(world).id] = proxy_of(world).started_at + 1h;
     },
     ""},
    {"drift is only reported", [](World& world) { world.desired.policy.repair = false; },
     "held container web-1: policy: drift reported, not repaired (reconcile.drift): network_mode\n"},
};

TEST(Namespaces, NothingIsRestartedInVain) {
    for (const Case& tested : kept) {
        SCOPED_TRACE(tested.what);
        World world = sharing();
        restart_proxy(world);
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

TEST(Namespaces, ASharingContainerStaysWhileTheOwnerIsUnknown) {
    World world = sharing();
    const Subject proxy = subject_of(Slot{{"proxy"}, 1});
    world.observed.containers.erase(ContainerId(proxy_of(world).id));
    world.observed.unknown[proxy].error = Error(ErrorKind::timeout, "no answer");
    const std::string why = "unknown: state of container proxy-1 unknown: no answer; retrying\n";
    EXPECT_EQ(plan_text(world), "held container proxy-1: " + why);
    world.observed.containers.clear();
    EXPECT_EQ(plan_text(world), "held container proxy-1: " + why + "held container web-1: " + why);
}

TEST(Namespaces, AForeignOwnerIsFollowedToo) {
    for (const auto mode : modes) {
        World world = joining(mode);
        EXPECT_EQ(plan_text(world), "");
        for (auto& [name, owner] : world.observed.owners)
            owner.started_at = container_of(world).started_at + 1s;
        ASSERT_EQ(world.plan().steps.size(), 1U) << plan_text(world);
        EXPECT_EQ(world.plan().steps[0].reason.find("vpn, whose "), 0U) << plan_text(world);
    }
}

TEST(Namespaces, AReplacedOwnerIsJoinedAgain) {
    for (const auto mode : modes) {
        World world = joining(mode);
        world.observed.owners.erase(vpn.value);
        world.observed.owners["vpn"].id = next_vpn;
        const Plan plan = world.plan();
        ASSERT_FALSE(plan.steps.empty());
        EXPECT_EQ(plan.steps[0].changes.at(0).want, "container:vpn") << plan_text(world);
        EXPECT_TRUE(std::holds_alternative<CreateContainer>(plan.steps[0].operation));
    }
}

TEST(Namespaces, AMissingForeignOwnerChangesNothing) {
    for (const auto mode : modes) {
        World world = joining(mode);
        world.observed.owners.clear();
        EXPECT_EQ(plan_text(world), "");
    }
}

}  // namespace
}  // namespace dockerext::plan
