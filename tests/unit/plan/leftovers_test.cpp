// What is removed: surplus replicas and duplicates, orphans, networks.
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

void scale_to_three(World& world) {
    web_of(world).scale = 3;
    (void)world.settle();
}

void add_unused_network(World& world, const std::string& project) {
    world.create_network({"demo_old"},
                         {{std::string(labels::project), project}, {std::string(labels::network), "old"}});
}

const Case leftovers[] = {
    {"an orphan", [](World& world) { world.remove_service_from_settings(); },
     "[] -> 0 stop demo-web-1: service web is not in the settings\n"
     "[0] -> 1 remove demo-web-1: service web is not in the settings\n"},
    {"an orphan and its network",
     [](World& world) {
         world.remove_service_from_settings();
         world.desired.project.networks.clear();
     },
     "[] -> 0 stop demo-web-1: service web is not in the settings\n"
     "[0] -> 1 remove demo-web-1: service web is not in the settings\n"
     "[1] -> 2 remove network demo_default: no service uses it\n"},
    {"an orphan to be kept, and its network with it",
     [](World& world) {
         world.remove_service_from_settings();
         world.desired.project.networks.clear();
         world.desired.policy.remove_orphans = false;
     },
     "held container web-1: policy: service web is not in the settings; orphans are kept, as configured\n"},
    {"an orphan that is busy",
     [](World& world) {
         world.remove_service_from_settings();
         world.history.busy.insert(web_subject());
     },
     ""},
    {"an orphan that would not go",
     [](World& world) {
         world.remove_service_from_settings();
         back_off(world, web_subject());
     },
     "held container web-1: backoff: it broke\n"},
    {"switched off by a profile it is no orphan",
     [](World& world) {
         world.desired.project.services.clear();
         world.desired.project.inactive.insert({"web"});
     },
     ""},
    {"fewer replicas: the highest number goes first",
     [](World& world) {
         scale_to_three(world);
         web_of(world).scale = 1;
     },
     "[] -> 0 stop demo-web-3: more replicas than the 1 wanted\n"
     "[0] -> 1 remove demo-web-3: more replicas than the 1 wanted\n"
     "[] -> 2 stop demo-web-2: more replicas than the 1 wanted\n"
     "[2] -> 3 remove demo-web-2: more replicas than the 1 wanted\n"},
    {"none at all", [](World& world) { web_of(world).scale = 0; },
     "[] -> 0 stop demo-web-1: more replicas than the 0 wanted\n"
     "[0] -> 1 remove demo-web-1: more replicas than the 0 wanted\n"},
    {"more replicas", [](World& world) { web_of(world).scale = 2; },
     "[] -> 0 create demo-web-2: not found\n"
     "[0] -> 1 start demo-web-2: not found\n"},
    {"a gap",
     [](World& world) {
         scale_to_three(world);
         world.observed.containers.erase(ContainerId(world.container("demo-web-2").id));
     },
     "[] -> 0 create demo-web-2: not found\n"
     "[0] -> 1 start demo-web-2: not found\n"},
    {"a duplicate made by hand: who has the name stays",
     [](World& world) { (void)world.duplicate(container_of(world), "copy"); },
     "[] -> 0 stop copy: duplicate of another container\n"
     "[0] -> 1 remove copy: duplicate of another container\n"},
    {"a network of ours that nothing wants", [](World& world) { add_unused_network(world, "demo"); },
     "[] -> 0 remove network demo_old: no service uses it\n"},
    {"a network of ours that a container may be on of which nothing is known",
     [](World& world) {
         add_unused_network(world, "demo");
         world.observed.unknown[subject_of(Slot{{"web"}, 2})].error = Error(ErrorKind::timeout, "no answer");
     },
     "held container web-2: unknown: state of container web-2 unknown: no answer; retrying\n"},
    {"a network of another project", [](World& world) { add_unused_network(world, "theirs"); }, ""},
    {"a network that the service leaves goes in a later plan",
     [](World& world) {
         add_unused_network(world, "demo");
         container_of(world).attached[{"demo_old"}] = world.observed.networks.at({"demo_old"}).id;
         container_of(world).spec.networks[{"demo_old"}] = {};
     },
     "[] -> 0 disconnect demo-web-1: networks changed (networks.demo_old: connected → (unset))\n"},
};

TEST(Leftovers, AreRemovedWhenNotDesired) {
    for (const Case& tested : leftovers) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

TEST(Leftovers, AreNotRemovedForSettingsWithoutServices) {
    World world = web_running();
    world.desired.project.services.clear();
    world.desired.project.networks.clear();
    EXPECT_EQ(plan_text(world), "");
}

TEST(Leftovers, KeepTheDuplicateWithTheRightName) {
    World world = web_running();
    const ContainerId mine = container_of(world).id;
    (void)world.duplicate(container_of(world), "copy");
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_EQ(world.observed.containers.size(), 1U);
    EXPECT_TRUE(world.observed.containers.contains(mine));
}

}  // namespace
}  // namespace dockerext::plan
