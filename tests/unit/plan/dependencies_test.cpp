// Services that depend on each other: conditions, shared networks, links.
#include "base/sha256.hpp"
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

TEST(Dependencies, AreStartedFirstAndEachConditionIsAwaited) {
    World world;
    world.add_service("db").container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
    world.add_service("job", "job").depends_on[{"db"}] = {.condition = DependencyCondition::healthy};
    world.add_service("also").depends_on[{"db"}] = {};
    world.add_service("web").depends_on[{"job"}] = {.condition = DependencyCondition::completed_successfully};
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create network demo_default: not found\n"
              "[0] -> 1 create demo-db-1: not found\n"
              "[1] -> 2 start demo-db-1: not found\n"
              "[0] -> 3 create demo-also-1: not found\n"
              "[2,3] -> 4 start demo-also-1: not found\n"
              "[0] -> 5 create demo-job-1: not found\n"
              "[5] -> 6 start demo-job-1: not found; waits for db to be healthy\n"
              "[0] -> 7 create demo-web-1: not found\n"
              "[7] -> 8 start demo-web-1: not found; waits for job to complete\n");
    EXPECT_EQ(to_text(world.settle()), "");
}

/// web was stopped by hand and depends on db, whose state `arrange` sets.
struct DependencyState {
    const char* what;
    void (*arrange)(World&);
    DependencyCondition condition;
    const char* required;  ///< the plan's text about web
    const char* optional;  ///< the same with required: false
};

constexpr const char* starts = "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n";
constexpr const char* waits_for_health =
    "[] -> 0 start demo-web-1: stopped manually (state: exited → running); waits for db to be healthy\n";
constexpr const char* waits_for_completion =
    "[] -> 0 start demo-web-1: stopped manually (state: exited → running); waits for db to complete\n";
constexpr const char* waits_for_start =
    "[] -> 0 start demo-web-1: stopped manually (state: exited → running); waits for db to be started\n";

constexpr const char* no_check =
    "held container web-1: failed: web needs db to be healthy, and neither db nor its image busybox:1 has a "
    "health check: add one, or wait for service_started\n";

void exit_with_error(World& world) {
    world.desired.project.services.at({"db"}).restart_is_set = true;
    world.end(world.container("demo-db-1"), 3);
}
void exit_successfully(World& world) { world.end(world.container("demo-db-1"), 0); }
void set_db_health(World& world, Health health) { world.container("demo-db-1").health = health; }
void remove_healthcheck(World& world) {
    world.desired.project.services.at({"db"}).container.healthcheck.reset();
    world.container("demo-db-1").spec.healthcheck.reset();
    set_db_health(world, Health::none);
}
/// Moves the health check from the service to its image.
void set_image_healthcheck(World& world, std::vector<std::string> test) {
    remove_healthcheck(world);
    world.observed.images.at({"busybox:1"}).healthcheck = Healthcheck{.test = test};
    world.container("demo-db-1").spec.healthcheck = Healthcheck{.test = std::move(test)};
    for (const char* other : {"demo-web-1"})
        world.container(other).spec.healthcheck = world.container("demo-db-1").spec.healthcheck;
}
void always_restart(World& world) {
    const RestartPolicy policy{.kind = RestartPolicy::Kind::always};
    world.desired.project.services.at({"db"}).container.restart = policy;
    world.container("demo-db-1").spec.restart = policy;
}
void make_creation_fail(World& world) {
    world.observed.containers.erase(ContainerId(world.container("demo-db-1").id));
    world.observed.foreign_names[{"demo-db-1"}] = {"0123456789abcdef"};
}

const DependencyState dependency_states[] = {
    {"it runs", [](World&) {}, DependencyCondition::started, starts, starts},
    {"it runs, and was to end", [](World&) {}, DependencyCondition::completed_successfully,
     waits_for_completion, waits_for_completion},
    {"it has no health check", remove_healthcheck, DependencyCondition::healthy, no_check, starts},
    {"its image has none either", [](World& world) { set_image_healthcheck(world, {"NONE"}); },
     DependencyCondition::healthy, no_check, starts},
    {"its image has one",
     [](World& world) {
         set_image_healthcheck(world, {"CMD", "true"});
     },
     DependencyCondition::healthy, waits_for_health, waits_for_health},
    {"its image is not known",
     [](World& world) {
         remove_healthcheck(world);
         world.desired.project.services.at({"db"}).container.image = {"other:1"};
     },
     DependencyCondition::healthy, waits_for_health, waits_for_health},
    {"a newer image is due, which may have one",
     [](World& world) {
         remove_healthcheck(world);
         world.desired.project.services.at({"db"}).pull_policy = PullPolicy::always;
     },
     DependencyCondition::healthy, waits_for_health, waits_for_health},
    {"it has no replicas", [](World& world) { world.desired.project.services.at({"db"}).scale = 0; },
     DependencyCondition::healthy, starts, starts},
    {"it is always restarted, and was to end", always_restart, DependencyCondition::completed_successfully,
     "held container web-1: failed: web needs db to complete, but its restart policy restarts it\n", starts},
    {"its health is not known yet", [](World& world) { set_db_health(world, Health::starting); },
     DependencyCondition::healthy, waits_for_health, waits_for_health},
    {"it is healthy", [](World& world) { set_db_health(world, Health::healthy); },
     DependencyCondition::healthy, starts, starts},
    {"it is ill", [](World& world) { set_db_health(world, Health::unhealthy); }, DependencyCondition::healthy,
     waits_for_health, starts},
    {"it ended well", exit_successfully, DependencyCondition::completed_successfully, starts, starts},
    {"it ended well, and was to be healthy", exit_successfully, DependencyCondition::healthy,
     "held container web-1: failed: web needs db to be healthy, which exited with code 0\n", starts},
    {"it ended badly, and was to be healthy", exit_with_error, DependencyCondition::healthy,
     "held container web-1: failed: web needs db to be healthy, which exited with code 3, and its restart "
     "policy does not restart it\n",
     starts},
    {"it ended badly, and is recreated",
     [](World& world) {
         exit_with_error(world);
         world.desired.project.services.at({"db"}).container.privileged = true;
     },
     DependencyCondition::completed_successfully, waits_for_completion, waits_for_completion},
    {"it ended badly", exit_with_error, DependencyCondition::completed_successfully,
     "held container web-1: failed: web needs db to complete, which failed: exited with code 3, and its "
     "restart policy does not restart it\n",
     starts},
    {"it ended badly, and other settings make it anew",
     [](World& world) {
         exit_with_error(world);
         world.desired.project.services.at({"db"}).container.environment["FIXED"] = "yes";
     },
     DependencyCondition::completed_successfully, waits_for_completion, waits_for_completion},
    {"it cannot be made", make_creation_fail, DependencyCondition::started, waits_for_start, starts},
    {"it is being worked on",
     [](World& world) {
         world.history.busy.insert(subject_of(Slot{{"db"}, 1}));
     },
     DependencyCondition::started, waits_for_start, waits_for_start},
    {"it is not among the active services",
     [](World& world) {
         world.desired.project.services.erase({"db"});
         world.desired.project.inactive.insert({"db"});
     },
     DependencyCondition::healthy, starts, starts},
};

/// The plan's lines about web, with its steps numbered from 0.
std::string lines_about_web(const World& world) {
    std::string text;
    const Plan whole = world.plan();
    Plan web;
    for (Step step : whole.steps) {
        step.after.clear();
        if (step.service == ServiceName{"web"}) web.steps.push_back(step);
    }
    for (const Held& each : whole.held) {
        if (each.service == ServiceName{"web"}) web.held.push_back(each);
    }
    return to_text(web);
}

TEST(Dependencies, HoldDependentsByConditionAndRequirement) {
    for (const DependencyState& tested : dependency_states) {
        for (const bool required : {true, false}) {
            SCOPED_TRACE(std::string(tested.what) + (required ? ", required" : ", not required"));
            World world;
            world.add_service("db").container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
            world.add_service("web").depends_on[{"db"}] = {.condition = DependencyCondition::started};
            (void)world.settle();
            Dependency& dependency = web_of(world).depends_on.at({"db"});
            dependency = {.condition = tested.condition, .required = required};
            world.stop_by_hand(container_of(world));
            tested.arrange(world);
            EXPECT_EQ(lines_about_web(world), required ? tested.required : tested.optional);
        }
    }
}

struct FailedMigration {
    const char* what;
    void (*arrange)(World&);
    const char* plan;  ///< its lines about web
};

const FailedMigration failed_migrations[] = {
    {"it is tried again later",
     [](World& world) {
         back_off(world, subject_of(Slot{{"db"}, 1}));
     },
     "[] -> 0 create demo-web-1: environment.VERSION changed (environment.VERSION: (unset) → (hidden)); "
     "waits for db to complete\n"
     "[] -> 1 stop demo-web-1: environment.VERSION changed; waits for db to complete\n"
     "[] -> 2 start demo-web-1: environment.VERSION changed; waits for db to complete\n"
     "[] -> 3 remove demo-web-1: environment.VERSION changed; waits for the new container to run\n"
     "[] -> 4 rename demo-web-1: environment.VERSION changed; waits for the new container to run\n"},
    {"it failed",
     [](World& world) {
         world.history.failed_rollouts[subject_of(Slot{{"db"}, 1})] = {1, "it broke", {}, {}, true};
     },
     "held container web-1: failed: web needs db to complete, which failed: it broke\n"},
};

TEST(Dependencies, AFailedNewMigrationHoldsNewVersionsThatNeedIt) {
    for (const FailedMigration& tested : failed_migrations) {
        SCOPED_TRACE(tested.what);
        World world;
        world.add_service("db", "job");
        world.add_service("web").depends_on[{"db"}] = {.condition =
                                                           DependencyCondition::completed_successfully};
        (void)world.settle();
        world.end(world.container("demo-db-1"), 0);
        ASSERT_EQ(to_text(world.settle()), "");
        const Service before = web_of(world);
        for (auto& [name, service] : world.desired.project.services) new_version(service);
        tested.arrange(world);
        EXPECT_EQ(lines_about_web(world), tested.plan);

        web_of(world) = before;
        world.stop_by_hand(container_of(world));
        EXPECT_EQ(lines_about_web(world), starts) << "the present version is repaired";
    }
}

TEST(Dependencies, AllReplicasOfADependencyAreStartedBefore) {
    World world;
    world.add_service("db").scale = 2;
    world.add_service("web").depends_on[{"db"}] = {};
    (void)world.settle();
    for (auto& [id, container] : world.observed.containers) world.stop_by_hand(container);
    EXPECT_EQ(plan_text(world),
              "[] -> 0 start demo-db-1: stopped manually (state: exited → running)\n"
              "[] -> 1 start demo-db-2: stopped manually (state: exited → running)\n"
              "[0,1] -> 2 start demo-web-1: stopped manually (state: exited → running)\n");
}

TEST(Dependencies, OneReplicaThatIsHeldHoldsDependentsBack) {
    World world;
    world.add_service("db").scale = 2;
    world.add_service("web").depends_on[{"db"}] = {};
    (void)world.settle();
    for (auto& [id, container] : world.observed.containers) world.stop_by_hand(container);
    back_off(world, subject_of(Slot{{"db"}, 1}));
    EXPECT_EQ(lines_about_web(world), waits_for_start);
}

World sharing_network() {
    World world;
    world.add_service("proxy");
    Service& web = world.add_service("web");
    web.container.networks.clear();
    web.container.network_mode.clear();
    web.network_mode_service = ServiceName{"proxy"};
    web.depends_on[{"proxy"}] = {};
    web.hash_document = R"({"network_mode":"\u0001service:proxy"})";
    web.config_hash.clear();
    return world;
}

TEST(Dependencies, AContainerSharesTheNetworkOfAnotherService) {
    World world = sharing_network();
    EXPECT_EQ(plan_text(world),
              "[] -> 0 create network demo_default: not found\n"
              "[0] -> 1 create demo-proxy-1: not found\n"
              "[1] -> 2 start demo-proxy-1: not found\n"
              "[] -> 3 create demo-web-1: not found; waits for proxy to have its container\n"
              "[2,3] -> 4 start demo-web-1: not found; waits for proxy to have its container\n");
    EXPECT_EQ(to_text(world.settle()), "");
    const std::string mode = "container:" + world.container("demo-proxy-1").id.value;
    EXPECT_EQ(container_of(world).spec.network_mode, mode);
    EXPECT_EQ(container_of(world).spec.labels.at(std::string(labels::config_hash)),
              sha256_hex("{\"network_mode\":\"" + mode + "\"}"));
}

TEST(Dependencies, IsRecreatedWithTheNetworkOwner) {
    World world = sharing_network();
    (void)world.settle();
    const ContainerId web = container_of(world).id;
    world.desired.project.services.at({"proxy"}).container.privileged = true;
    EXPECT_EQ(lines_about_web(world), "");  // not before the successor has replaced proxy
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_NE(container_of(world).id, web);
    EXPECT_EQ(container_of(world).spec.network_mode, "container:" + world.container("demo-proxy-1").id.value);
}

TEST(Dependencies, OnlyTheFirstReplicaOfTheOwnerCounts) {
    World world = sharing_network();
    world.desired.project.services.at({"proxy"}).scale = 2;
    (void)world.settle();
    const Subject second = subject_of(Slot{{"proxy"}, 2});
    world.history.repair_counts[second]["nothing"] = 1;
    world.container("demo-proxy-2").spec.privileged = true;
    EXPECT_EQ(lines_about_web(world), "");
    const ContainerId web = container_of(world).id;
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_EQ(container_of(world).id, web);
}

TEST(Dependencies, MayBeAChainOfAnyLength) {
    constexpr unsigned length = 20'000;
    World world;
    for (unsigned i = 0; i < length; ++i) {
        Service& service = world.desired.project.services[{"s" + std::to_string(i)}];
        service.name = {"s" + std::to_string(i)};
        service.container.image = {"busybox:1"};
        if (i + 1 < length) service.depends_on[{"s" + std::to_string(i + 1)}] = {};
    }
    const Plan plan = world.plan();
    EXPECT_EQ(plan.steps.size(), 2 * length);
    EXPECT_EQ(plan.steps.back().object, "demo-s0-1");
}

TEST(Dependencies, LinksNameEveryReplicaThreeTimes) {
    World world;
    world.add_service("db").scale = 2;
    world.add_service("web").links["database"] = {"db"};
    world.create_network({"demo_default"}, {{std::string(labels::project), "demo"}});
    const Plan plan = world.plan();
    for (const Step& step : plan.steps) {
        const auto* create = std::get_if<CreateContainer>(&step.operation);
        if (create == nullptr || create->name.value != "demo-web-1") continue;
        const std::vector<std::string> links = {"demo-db-1:database",  "demo-db-1:db-1",
                                                "demo-db-1:demo-db-1", "demo-db-2:database",
                                                "demo-db-2:db-2",      "demo-db-2:demo-db-2"};
        EXPECT_EQ(create->spec.links, links);
        EXPECT_EQ(create->spec.networks.at({"demo_default"}).links,
                  std::set<std::string>(links.begin(), links.end()));
        return;
    }
    ADD_FAILURE() << to_text(plan);
}

}  // namespace
}  // namespace dockerext::plan
