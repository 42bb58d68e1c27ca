// Images, networks and volumes, and containers that are created from nothing.
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

void desire_everything(World& world) {
    Service& web = world.add_service("web");
    web.container.mounts.push_back({.type = Mount::Type::volume, .source = "demo_data", .target = "/data"});
    world.desired.project.volumes[{"demo_data"}] = {.name = {"demo_data"}, .key = "data"};
    web.container.networks[{"demo_back"}].aliases = {"web"};
    world.desired.project.networks[{"demo_back"}] = {.name = {"demo_back"}, .key = "back"};
}

void desire_external_network(World& world) {
    world.add_service("web").container.networks[{"outside"}] = {};
    world.desired.project.networks[{"outside"}] = {.name = {"outside"}, .key = "outside", .external = true};
}

const Case cases[] = {
    {"from nothing, before engines took several networks at once", desire_everything,
     "[] -> 0 create network demo_back: not found\n"
     "[] -> 1 create network demo_default: not found\n"
     "[] -> 2 create volume demo_data: not found\n"
     "[0,1,2] -> 3 create demo-web-1: not found\n"
     "[3] -> 4 connect demo-web-1: not found\n"
     "[4] -> 5 start demo-web-1: not found\n"},
    {"from nothing, since they do",
     [](World& world) {
         desire_everything(world);
         world.observed.engine.api_minor = 44;
     },
     "[] -> 0 create network demo_back: not found\n"
     "[] -> 1 create network demo_default: not found\n"
     "[] -> 2 create volume demo_data: not found\n"
     "[0,1,2] -> 3 create demo-web-1: not found\n"
     "[3] -> 4 start demo-web-1: not found\n"},
    {"what is there is not made again",
     [](World& world) {
         desire_everything(world);
         world.create_network({"demo_back"}, {{std::string(labels::project), "demo"}});
         world.create_network({"demo_default"}, {{std::string(labels::project), "demo"}});
         world.observed.volumes[{"demo_data"}] = {.name = {"demo_data"}, .labels = {}};
     },
     "[] -> 0 create demo-web-1: not found\n"
     "[0] -> 1 connect demo-web-1: not found\n"
     "[1] -> 2 start demo-web-1: not found\n"},
    {"an image that is there for the platform, spelled otherwise",
     [](World& world) {
         world.add_service("web").container.platform = "LINUX/x86_64";
         world.observed.images.at({"busybox:1"}).platform = "linux/amd64";
         world.create_network({"demo_default"}, {{std::string(labels::project), "demo"}});
     },
     "[] -> 0 create demo-web-1: not found\n"
     "[0] -> 1 start demo-web-1: not found\n"},
    {"an image that is for another platform, though it was pulled",
     [](World& world) {
         world.add_service("web").container.platform = "linux/arm64";
         world.observed.images.at({"busybox:1"}).platform = "linux/amd64";
         world.history.pulled.insert({"busybox:1"});
         world.create_network({"demo_default"}, {{std::string(labels::project), "demo"}});
     },
     "held container web-1: failed: image busybox:1 is for linux/amd64, but platform is linux/arm64\n"},
    {"what several share is made once",
     [](World& world) {
         world.add_service("db");
         world.add_service("web");
         world.observed.images.clear();
     },
     "[] -> 0 pull image busybox:1: not present\n"
     "[] -> 1 create network demo_default: not found\n"
     "[1] -> 2 create demo-db-1: not found; waits for busybox:1 to be pulled\n"
     "[2] -> 3 start demo-db-1: not found; waits for busybox:1 to be pulled\n"
     "[1] -> 4 create demo-web-1: not found; waits for busybox:1 to be pulled\n"
     "[4] -> 5 start demo-web-1: not found; waits for busybox:1 to be pulled\n"},
    {"a pull under way",
     [](World& world) {
         world.add_service("web");
         world.observed.images.clear();
         world.history.busy.insert(subject_of(ImageRef{"busybox:1"}));
     },
     "[] -> 0 create network demo_default: not found\n"
     "[0] -> 1 create demo-web-1: not found; waits for busybox:1 to be pulled\n"
     "[1] -> 2 start demo-web-1: not found; waits for busybox:1 to be pulled\n"},
    {"a pull that failed",
     [](World& world) {
         world.add_service("web");
         world.observed.images.clear();
         back_off(world, subject_of(ImageRef{"busybox:1"}));
     },
     "[] -> 0 create network demo_default: not found\n"
     "held image busybox:1: backoff: it broke\n"
     "held container web-1: failed: it broke\n"},
    {"an image that is never to be pulled",
     [](World& world) {
         world.add_service("web").pull_policy = PullPolicy::never;
         world.observed.images.clear();
     },
     "[] -> 0 create network demo_default: not found\n"
     "held container web-1: failed: image busybox:1 is not present, and pull_policy is never\n"},
    {"an external network that is missing", desire_external_network,
     "[] -> 0 create network demo_default: not found\n"
     "held container web-1: failed: network outside is external and does not exist\n"},
    {"an external network that is there",
     [](World& world) {
         desire_external_network(world);
         world.create_network({"outside"}, {});
     },
     "[] -> 0 create network demo_default: not found\n"
     "[0] -> 1 create demo-web-1: not found\n"
     "[1] -> 2 connect demo-web-1: not found\n"
     "[2] -> 3 start demo-web-1: not found\n"},
    {"a network of that name that is no project's",
     [](World& world) {
         world.add_service("web");
         world.create_network({"demo_default"}, {});
     },
     "held container web-1: failed: a network named demo_default exists outside Compose; remove it, or "
     "declare it external\n"},
    {"a network that could not be made",
     [](World& world) {
         world.add_service("web");
         back_off(world, subject_of(NetworkName{"demo_default"}));
     },
     "held network demo_default: backoff: it broke\n"
     "held container web-1: failed: it broke\n"},
    {"an external volume that is missing",
     [](World& world) {
         desire_everything(world);
         world.desired.project.volumes.at({"demo_data"}).external = true;
     },
     "[] -> 0 create network demo_back: not found\n"
     "[] -> 1 create network demo_default: not found\n"
     "held container web-1: failed: volume demo_data is external and does not exist\n"},
    {"a name that a stranger holds",
     [](World& world) {
         world.add_service("web");
         world.observed.foreign_names[{"demo-web-1"}] = {"0123456789abcdef"};
     },
     "[] -> 0 create network demo_default: not found\n"
     "held container web-1: conflict: the name demo-web-1 is taken by a container that is not managed here "
     "(0123456789ab); rename or remove it\n"},
    {"no name taken, but the slot backs off",
     [](World& world) {
         world.add_service("web");
         back_off(world, web_subject());
     },
     "[] -> 0 create network demo_default: not found\n"
     "held container web-1: backoff: it broke\n"},
};

TEST(Resources, AreCreatedBeforeTheirContainers) {
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.what);
        World world;
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

TEST(Resources, AChangedNetworkIsRecreatedAndAllReconnect) {
    World world = web_running();
    const ContainerId id = container_of(world).id;
    NetworkSpec& spec = world.desired.project.networks.at({"demo_default"});
    spec.internal = true;
    EXPECT_EQ(plan_text(world),
              "[] -> 0 disconnect demo-web-1: network demo_default is recreated\n"
              "[0] -> 1 remove network demo_default: internal changed (internal: false → true)\n"
              "[1] -> 2 create network demo_default: internal changed\n"
              "[2] -> 3 connect demo-web-1: network demo_default is recreated\n");
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_EQ(container_of(world).id, id);
    EXPECT_TRUE(container_of(world).spec.networks.at({"demo_default"}).aliases.contains("web"));
}

TEST(Resources, ANetworkIsNotRecreatedForASpellingNorAThirdTimeInARow) {
    World world = web_running();
    NetworkSpec& want = world.desired.project.networks.at({"demo_default"});
    ObservedNetwork& have = world.observed.networks.at({"demo_default"});
    want.ipam_pools = {{"FD00:0212:0:0::/64", "FD00:212::0001", "fd00:212::7/80", {}}};
    have.ipam_pools = {{"fd00:212::/64", "fd00:212::1", "fd00:212::/80", {}}};
    EXPECT_EQ(plan_text(world), "");
    have.internal = true;
    EXPECT_NE(plan_text(world).find("create network demo_default"), std::string::npos);
    world.history.repair_counts[subject_of(NetworkName{"demo_default"})]["internal"] = 2;
    EXPECT_EQ(plan_text(world),
              "held network demo_default: frozen: internal drifted back to true after two repairs (want "
              "false); not repaired again until the settings change or `dockerextd reconcile`\n");
}

TEST(Resources, AContainerToBeRemovedIsNotDisconnectedFromARecreatedNetwork) {
    World world = web_running();
    world.add_service("old");
    (void)world.settle();
    world.desired.project.services.erase({"old"});
    world.desired.project.networks.at({"demo_default"}).internal = true;
    EXPECT_EQ(plan_text(world),
              "[] -> 0 stop demo-old-1: service old is not in the settings\n"
              "[0] -> 1 remove demo-old-1: service old is not in the settings\n"
              "[1] -> 2 disconnect demo-web-1: network demo_default is recreated\n"
              "[2] -> 3 remove network demo_default: internal changed (internal: false → true)\n"
              "[3] -> 4 create network demo_default: internal changed\n"
              "[4] -> 5 connect demo-web-1: network demo_default is recreated\n");
}

TEST(Resources, AVolumeThatChangedIsReportedAndLeft) {
    World world;
    desire_everything(world);
    (void)world.settle();
    VolumeSpec& spec = world.desired.project.volumes.at({"demo_data"});
    spec.driver_options["type"] = "nfs";
    EXPECT_EQ(
        plan_text(world),
        "held volume demo_data: policy: driver_opts.type is (unset), but the settings say nfs; dockerextd "
        "never removes a volume for that: back up its data and run `docker volume rm demo_data`\n");
}

TEST(Resources, FilesComeBeforeTheFirstStartAndHooksAfterEveryOne) {
    World world;
    Service& web = world.add_service("web");
    web.files.push_back({.path = "/greeting", .content = Secret("hello")});
    web.post_start.push_back({.command = {"true"}});
    web.pre_stop.push_back({.command = {"true"}});
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create network demo_default: not found\n"
              "[0] -> 1 create demo-web-1: not found\n"
              "[1] -> 2 put files into demo-web-1: not found\n"
              "[2] -> 3 start demo-web-1: not found\n"
              "[3] -> 4 run hook in demo-web-1: post_start hook 'true'\n");
    (void)world.settle();
    world.stop_by_hand(container_of(world));
    EXPECT_EQ(plan_text(world),
              "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"
              "[0] -> 1 run hook in demo-web-1: post_start hook 'true'\n");
    (void)world.settle();
    web.container.environment["N"] = "2";
    EXPECT_NE(plan_text(world).find("run hook in demo-web-1: pre_stop hook 'true'\n"), std::string::npos);
}

TEST(Resources, FeaturesMissingInAnOlderEngineAreHeldWithARemedy) {
    World world;
    world.add_service("web").container.mounts.push_back(
        {.type = Mount::Type::image, .source = "x", .target = "/x"});
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create network demo_default: not found\n"
              "held container web-1: failed: a mount of type image needs Engine API 1.48: upgrade the Docker "
              "Engine, or "
              "do without it\n");
}

TEST(Resources, AnImageThatIsDueIsPulledOnce) {
    World world = web_running();
    Service& web = web_of(world);
    web.pull_policy = PullPolicy::refresh;
    web.refresh_after = std::chrono::hours(24);
    world.observed.at = world.observed.images.at({"busybox:1"}).tagged_at + std::chrono::hours(23);
    EXPECT_EQ(plan_text(world), "");
    world.observed.at += std::chrono::hours(2);
    EXPECT_EQ(plan_text(world), "[] -> 0 pull image busybox:1: refresh due (pull_policy)\n");
    world.history.pulled.insert({"busybox:1"});
    EXPECT_EQ(plan_text(world), "");
}

TEST(Resources, APullAlwaysServiceIsPulledOnceForItsSettings) {
    World world = web_running();
    web_of(world).pull_policy = PullPolicy::always;
    EXPECT_EQ(plan_text(world), "[] -> 0 pull image busybox:1: refresh due (pull_policy)\n");
    back_off(world, subject_of(ImageRef{"busybox:1"}));
    EXPECT_EQ(plan_text(world), "held image busybox:1: backoff: it broke\n");  // the container keeps running
    world.history.failure_records.clear();
    EXPECT_EQ(to_text(world.settle()), "");
}

Service& desire_built_image(World& world) {
    Service& web = world.add_service("web");
    web.container.image = {"demo-web"};
    web.build = Build{.context = Build::Folder{.path = "/srv/web"}};
    return web;
}

TEST(Resources, AnImageIsBuiltWhenItIsMissing) {
    World world;
    desire_built_image(world).pull_policy = PullPolicy::never;  // applies only to pulls
    EXPECT_EQ(plan_text(world),
              "[] -> 0 build image demo-web: not present\n"
              "[] -> 1 create network demo_default: not found\n"
              "[1] -> 2 create demo-web-1: not found; waits for demo-web to be built\n"
              "[2] -> 3 start demo-web-1: not found; waits for demo-web to be built\n");
    world.settle();
    EXPECT_EQ(plan_text(world), "");
}

TEST(Resources, ARegistryThatMayHaveTheImageIsTriedFirst) {
    World world = web_running();
    Service& web = web_of(world);
    web.build = Build{.context = Build::Folder{.path = "/srv/web"}, .try_registry_first = true};
    world.observed.images.clear();
    world.observed.containers.clear();
    EXPECT_THAT(plan_text(world), testing::StartsWith("[] -> 0 pull image busybox:1: not present\n"));
    world.history.failure_records[subject_of(ImageRef{"busybox:1"})].failures = 1;
    EXPECT_THAT(plan_text(world), testing::StartsWith("[] -> 0 build image busybox:1: not present\n"));
}

TEST(Resources, AnImageIsBuiltOnceForItsSettingsWhenThePolicySaysSo) {
    World world = web_running();
    Service& web = web_of(world);
    web.build = Build{.context = Build::Folder{.path = "/srv/web"}, .try_registry_first = true};
    web.pull_policy = PullPolicy::build;
    EXPECT_EQ(plan_text(world), "[] -> 0 build image busybox:1: refresh due (pull_policy)\n");
    world.history.pulled.insert({"busybox:1"});
    EXPECT_EQ(plan_text(world), "");
}

TEST(Resources, NetworksAndVolumesOfAServiceWithoutReplicasAreMade) {
    World world;
    Service& db = world.add_service("db");
    db.scale = 0;
    db.container.mounts = {{.type = Mount::Type::volume, .source = "demo_data", .target = "/data"}};
    world.desired.project.volumes[{"demo_data"}] = {.name = {"demo_data"}, .key = "data"};
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create network demo_default: not found\n"
              "[] -> 1 create volume demo_data: not found\n");
    EXPECT_EQ(to_text(world.settle()), "");
}

/// An administrator may start the stopped container, which fails without its networks. It knows a network
/// only by name if it was connected after it had stopped.
TEST(Resources, NetworksOfAContainerThatRestsAreMade) {
    for (const int exit_code : {0, 3}) {
        World world;
        world.add_service("web").restart_is_set = true;
        (void)world.settle();
        world.end(container_of(world), exit_code);
        container_of(world).attached.at({"demo_default"}) = {};
        EXPECT_EQ(plan_text(world).find("create network"), std::string::npos);
        world.observed.networks.erase({"demo_default"});
        EXPECT_EQ(plan_text(world).find("[] -> 0 create network demo_default: not found\n"), 0U)
            << plan_text(world);
    }
}

TEST(Resources, TheBuildOfAnotherServiceProvidesAnImageOfTheSameName) {
    World world;
    desire_built_image(world).scale = 0;
    world.add_service("worker").container.image = {"demo-web"};
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create network demo_default: not found\n"
              "[] -> 1 build image demo-web: not present\n"
              "[0] -> 2 create demo-worker-1: not found; waits for demo-web to be built\n"
              "[2] -> 3 start demo-worker-1: not found; waits for demo-web to be built\n");
}

TEST(Resources, ANewContainerCarriesComposesLabelsAndItsOwnName) {
    World world;
    Service& web = world.add_service("web");
    web.scale = 2;
    world.create_network({"demo_default"}, {{std::string(labels::project), "demo"}});
    const Plan plan = world.plan();
    const auto& create = std::get<CreateContainer>(plan.steps.at(2).operation);
    EXPECT_EQ(create.name.value, "demo-web-2");
    EXPECT_EQ(create.spec.labels.at(std::string(labels::number)), "2");
    EXPECT_EQ(create.spec.labels.at(std::string(labels::image)),
              world.observed.images.at({"busybox:1"}).id.value);
    EXPECT_EQ(create.spec.labels.at(std::string(labels::config_hash)), web.config_hash);
    EXPECT_FALSE(create.spec.labels.contains(std::string(labels::replace)));
    const std::set<std::string> aliases = {"demo-web-2", "web"};
    EXPECT_EQ(create.spec.networks.at({"demo_default"}).aliases, aliases);
}

TEST(Resources, ASuccessorHasALabelAndNameOfItsPredecessor) {
    World world = web_running();
    const ContainerId old = container_of(world).id;
    web_of(world).container.privileged = true;
    const Plan plan = world.plan();
    const auto& create = std::get<CreateContainer>(plan.steps.at(0).operation);
    EXPECT_EQ(create.name.value, old.value.substr(0, 12) + "_demo-web-1");
    EXPECT_EQ(create.spec.labels.at(std::string(labels::replace)), "web-1");
    EXPECT_TRUE(create.spec.networks.at({"demo_default"}).aliases.contains("demo-web-1"));
}

}  // namespace
}  // namespace dockerext::plan
