// The planner as a whole: an observed state, and its plan as people read it.
#include "plan/assess.hpp"
#include "plan/plan_text.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;
using namespace dockerext::test;

const Slot slot{{"web"}, 1};

const Case in_place_cases[] = {
    {"Nothing", [](World&) {}, ""},
    {"Paused", [](World& world) { container_of(world).state = ContainerState::paused; },
     "[] -> 0 unpause demo-web-1: paused manually (state: paused → running)\n"},
    {"Stopped", [](World& world) { world.stop_by_hand(container_of(world)); },
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"Killed", [](World& world) { world.end(container_of(world), 137); },
     "[] -> 0 start demo-web-1: not running (exit code 137: killed by SIGKILL; the engine does not say by "
     "whom) (state: exited → running)\n"},
    {"Renamed", [](World& world) { container_of(world).name = {"else"}; },
     "[] -> 0 rename demo-web-1: renamed (name: else → demo-web-1)\n"},
    {"MemoryChanged",
     [](World& world) {
         container_of(world).spec.memory = Bytes{96 << 20};
         container_of(world).spec.memory_swap = Bytes{192 << 20};
     },
     "[] -> 0 update demo-web-1: mem_limit changed (mem_limit: 96m → 64m)\n"},
    {"RestartPolicyChanged", [](World& world) { container_of(world).spec.restart = {}; },
     "[] -> 0 update demo-web-1: restart changed (restart: no → always)\n"},
    {"Disconnected",
     [](World& world) {
         container_of(world).attached.clear();
         container_of(world).spec.networks.clear();
     },
     "[] -> 0 connect demo-web-1: networks changed (networks.demo_default: not connected → as demo-web-1, "
     "web)\n"},
    {"ConnectedElsewhere",
     [](World& world) {
         container_of(world).attached[{"stranger"}] = {"id"};
         container_of(world).spec.networks[{"stranger"}] = {};
     },
     "[] -> 0 disconnect demo-web-1: networks changed (networks.stranger: connected → (unset))\n"},
    {"SeveralRungsInOrder",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         container_of(world).spec.restart = {};
         container_of(world).name = {"else"};
     },
     "[] -> 0 rename demo-web-1: renamed (name: else → demo-web-1)\n"
     "[0] -> 1 update demo-web-1: restart changed (restart: no → always)\n"
     "[1] -> 2 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"Unhealthy", [](World& world) { container_of(world).health = Health::unhealthy; },
     "[] -> 0 restart demo-web-1: its health check fails\n"},
    {"UnhealthyAndNotToBeRestarted",
     [](World& world) {
         container_of(world).health = Health::unhealthy;
         world.desired.policy.restart_unhealthy = false;
     },
     ""},
    {"RestartingIsTheEnginesBusiness",
     [](World& world) { container_of(world).state = ContainerState::restarting; }, ""},
    {"OtherEnvironment", [](World& world) { container_of(world).spec.environment["PROGRAM"] = "job"; },
     "[] -> 0 create demo-web-1: environment.PROGRAM changed (environment.PROGRAM: (hidden) → (hidden))\n"
     "[0] -> 1 stop demo-web-1: environment.PROGRAM changed\n"
     "[1] -> 2 start demo-web-1: environment.PROGRAM changed\n"
     "[2] -> 3 remove demo-web-1: environment.PROGRAM changed; waits for the new container to run\n"
     "[3] -> 4 rename demo-web-1: environment.PROGRAM changed; waits for the new container to run\n"},
    {"AHashAloneIsNoReason",
     [](World& world) { container_of(world).spec.labels[std::string(labels::config_hash)] = "another"; }, ""},
    {"ImageGoneLocally", [](World& world) { world.observed.images.clear(); }, ""},
    {"Orphan", [](World& world) { world.remove_service_from_settings(); },
     "[] -> 0 stop demo-web-1: service web is not in the settings\n"
     "[0] -> 1 remove demo-web-1: service web is not in the settings\n"},
    {"TheEngineDoesNotAnswerAboutIt",
     [](World& world) {
         const ObservedContainer gone = container_of(world);
         world.observed.containers.clear();
         world.observed.unknown[subject_of(gone.slot)] = {Error(ErrorKind::timeout, "no answer in time"), {}};
     },
     "held container web-1: unknown: state of container web-1 unknown: no answer in time; retrying\n"},
    {"TheEngineTellsNothingOfItsImage",
     [](World& world) {
         world.observed.images.clear();
         world.observed.containers.clear();
         world.observed.unknown[subject_of(ImageRef{"busybox:1"})] = {
             Error(ErrorKind::invalid_input, "no (400)"), {}};
     },
     "held container web-1: unknown: state of image busybox:1 unknown: no (400); retrying\n"
     "held image busybox:1: unknown: state of image busybox:1 unknown: no (400); retrying\n"},
    {"TheEngineTellsNothingOfItsNetwork",
     [](World& world) {
         world.observed.networks.clear();
         world.observed.unknown[subject_of(NetworkName{"demo_default"})] = {
             Error(ErrorKind::unavailable, "no (500)"), {}};
     },
     "held network demo_default: unknown: state of network demo_default unknown: no (500); retrying\n"},
    {"TheEngineListsNoContainers",
     [](World& world) {
         world.observed.containers.clear();
         world.observed.unknown[every(Subject::Kind::container)] = {Error(ErrorKind::unavailable, "no (500)"),
                                                                    {}};
     },
     "held container web-1: unknown: state of container web-1 unknown: no (500); retrying\n"
     "held any container: unknown: state of any container unknown: no (500); retrying\n"},
    {"TheEngineListsNoVolumesAndTheContainerWasStopped",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         world.observed.volumes.clear();
         world.observed.unknown[every(Subject::Kind::volume)] = {Error(ErrorKind::timeout, "no answer"), {}};
     },
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"
     "held any volume: unknown: state of any volume unknown: no answer; retrying\n"},
    {"OrphanToBeKept",
     [](World& world) {
         world.remove_service_from_settings();
         world.desired.policy.remove_orphans = false;
     },
     "held container web-1: policy: service web is not in the settings; orphans are kept, as configured\n"},
    {"SwitchedOffByAProfileIsNoOrphan",
     [](World& world) {
         world.desired.project.services.clear();
         world.desired.project.inactive.insert({"web"});
     },
     ""},
    {"BusyIsLeftAlone",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         world.history.busy.insert(subject_of(slot));
     },
     ""},
    {"BackingOffIsHeld",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         back_off(world, subject_of(slot));
     },
     "held container web-1: backoff: it broke\n"},
    {"FrozenIsHeld",
     [](World& world) {
         container_of(world).spec.privileged = true;
         world.history.repair_counts[subject_of(slot)]["privileged"] = 2;
     },
     "held container web-1: frozen: privileged drifted back to true after two repairs (want false); not "
     "repaired again until the settings change or `dockerextd reconcile`\n"},
    {"DriftThatIsOnlyReported",
     [](World& world) {
         world.stop_by_hand(container_of(world));
         world.desired.policy.repair = false;
     },
     "held container web-1: policy: drift reported, not repaired (reconcile.drift): stopped manually\n"},
    {"DriftThatNeedsRecreationAndIsOnlyReported",
     [](World& world) {
         container_of(world).spec.privileged = true;
         world.desired.policy.repair = false;
     },
     "held container web-1: policy: drift reported, not repaired (reconcile.drift): privileged\n"},
    {"NameHeldByAStranger",
     [](World& world) {
         world.observed.containers.clear();
         world.observed.foreign_names[{"demo-web-1"}] = {"0123456789abcdef"};
     },
     "held container web-1: conflict: the name demo-web-1 is taken by a container that is not managed here "
     "(0123456789ab); rename or remove it\n"},
    {"SurplusReplicasGoHighestFirst",
     [](World& world) {
         web_of(world).scale = 3;
         (void)world.settle();
         web_of(world).scale = 1;
     },
     "[] -> 0 stop demo-web-3: more replicas than the 1 wanted\n"
     "[0] -> 1 remove demo-web-3: more replicas than the 1 wanted\n"
     "[] -> 2 stop demo-web-2: more replicas than the 1 wanted\n"
     "[2] -> 3 remove demo-web-2: more replicas than the 1 wanted\n"},
    {"ImageToBePulledFirst",
     [](World& world) {
         world.observed.containers.clear();
         world.observed.images.clear();
     },
     "[] -> 0 pull image busybox:1: not present\n"
     "[] -> 1 create demo-web-1: not found; waits for busybox:1 to be pulled\n"
     "[1] -> 2 start demo-web-1: not found; waits for busybox:1 to be pulled\n"},
    {"ImageToBePulledOnce", [](World& world) { web_of(world).pull_policy = PullPolicy::always; },
     "[] -> 0 pull image busybox:1: refresh due (pull_policy)\n"},
    {"ImageAlreadyPulled",
     [](World& world) {
         web_of(world).pull_policy = PullPolicy::always;
         world.history.pulled.insert({"busybox:1"});
     },
     ""},
    {"ImageNeverToBePulled",
     [](World& world) {
         world.observed.containers.clear();
         world.observed.images.clear();
         web_of(world).pull_policy = PullPolicy::never;
     },
     "held container web-1: failed: image busybox:1 is not present, and pull_policy is never\n"},
    {"UnusedNetworkOfOurs",
     [](World& world) {
         world.create_network(
             {"demo_old"}, {{std::string(labels::project), "demo"}, {std::string(labels::network), "old"}});
     },
     "[] -> 0 remove network demo_old: no service uses it\n"},
};

TEST(MakePlan, PrefersTheLeastDisruptiveStep) {
    for (const Case& tested : in_place_cases) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

const Case hand_over_cases[] = {
    {"TheNewOneRuns", [](World&) {},
     "[] -> 0 remove demo-web-1: the new container is up\n"
     "[0] -> 1 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1)\n"},
    {"TheOldOneRunsStill",
     [](World& world) {
         container_of(world).state = ContainerState::running;
         successor_of(world).state = ContainerState::created;
     },
     "[] -> 0 stop demo-web-1: replacing the old container\n"
     "[0] -> 1 start demo-web-1: replacing the old container\n"
     "[1] -> 2 remove demo-web-1: replacing the old container; waits for the new container to run\n"
     "[2] -> 3 rename demo-web-1: replacing the old container; waits for the new container to run\n"},
    {"BothStopped", [](World& world) { successor_of(world).state = ContainerState::created; },
     "[] -> 0 start demo-web-1: replacing the old container\n"
     "[0] -> 1 remove demo-web-1: replacing the old container; waits for the new container to run\n"
     "[1] -> 2 rename demo-web-1: replacing the old container; waits for the new container to run\n"},
    {"OnlyTheNameIsLeftToChange",
     [](World& world) {
         const ContainerId old = container_of(world).id;
         world.observed.containers.erase(old);
         successor_of(world).name = {"0123456789ab_demo-web-1"};
     },
     "[] -> 0 rename demo-web-1: renamed (name: 0123456789ab_demo-web-1 → demo-web-1)\n"},
    {"ItsHealthIsWaitedFor", [](World& world) { successor_of(world).health = Health::starting; },
     "[] -> 0 remove demo-web-1: the new container is up; waits for the new container to be healthy\n"
     "[0] -> 1 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1); "
     "waits for the "
     "new container to be healthy\n"},
    {"PausedItIsUnpaused", [](World& world) { successor_of(world).state = ContainerState::paused; },
     "[] -> 0 unpause demo-web-1: paused manually\n"
     "[] -> 1 remove demo-web-1: the new container is up; waits for the new container to run\n"
     "[1] -> 2 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1); "
     "waits for the "
     "new container to run\n"},
    {"TheOldOneStaysWhileTheNewOneIsBeingRemoved",
     [](World& world) { successor_of(world).state = ContainerState::removing; }, ""},
    {"UnhealthyItIsPutBack", [](World& world) { successor_of(world).health = Health::unhealthy; },
     "[] -> 0 stop demo-web-1: rollout failed: new container became unhealthy; rolling back\n"
     "[0] -> 1 start demo-web-1: rollout failed: new container became unhealthy; rolling back\n"
     "[1] -> 2 remove demo-web-1: rollout failed: new container became unhealthy; rolling back\n"
     "held container web-1: failed: rollout failed: new container became unhealthy; rolling back\n"},
    {"BackoffDoesNotDelayTheOldOnesStart",
     [](World& world) {
         world.history.failed_successors[successor_of(world).id] = "exited with code 3";
         world.end(successor_of(world), 3);
         back_off(world, subject_of(slot));
     },
     "[] -> 0 start demo-web-1: rollout failed: new container exited with code 3; rolling back\n"
     "[0] -> 1 remove demo-web-1: rollout failed: new container exited with code 3; rolling back\n"
     "held container web-1: failed: rollout failed: new container exited with code 3; rolling back\n"},
    {"BackoffDelaysWhatIsNotUrgent", [](World& world) { back_off(world, subject_of(slot)); },
     "held container web-1: backoff: it broke\n"},
    {"NewSettingsUndoIt", [](World& world) { web_of(world).container.environment["N"] = "3"; },
     "[] -> 0 stop demo-web-1: rolling back: the settings changed again during the rollout\n"
     "[0] -> 1 start demo-web-1: rolling back: the settings changed again during the rollout\n"
     "[1] -> 2 remove demo-web-1: rolling back: the settings changed again during the rollout\n"},
};

TEST(MakePlan, ContinuesAHandOverFromAnyState) {
    for (const Case& tested : hand_over_cases) {
        SCOPED_TRACE(tested.what);
        World world = web_handing_over();
        tested.arrange(world);
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

TEST(MakePlan, AnInPlaceRepairKeepsTheContainer) {
    World world = web_running();
    const ContainerId id = container_of(world).id;
    world.stop_by_hand(container_of(world));
    container_of(world).spec.memory = Bytes{96 << 20};
    container_of(world).name = {"else"};
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_EQ(container_of(world).id, id);
}

TEST(MakePlan, ASuccessorInheritsAnonymousVolumes) {
    World world = web_running();
    const auto volume = [&] { return container_of(world).spec.mounts.front().source; };
    const std::string before = volume();
    const ContainerId old = container_of(world).id;
    web_of(world).container.privileged = true;
    EXPECT_EQ(to_text(world.settle()), "");
    EXPECT_NE(container_of(world).id, old);
    EXPECT_EQ(volume(), before);
}

struct Ending {
    const char* what;
    bool restart_is_set;
    RestartPolicy restart;
    int exit_code;
    EndedRun ended_run;
    const char* plan;
};

TEST(MakePlan, RestartFollowsTheServicePolicy) {
    using Kind = RestartPolicy::Kind;
    const char* started = "start";
    const Ending endings[] = {
        {"a job that is done", false, {}, 0, {}, ""},
        {"a job that failed", false, {}, 3, {}, started},
        {"a job that failed and is left alone", true, {}, 3, {}, "held"},
        {"a job that is done, restart no", true, {}, 0, {}, ""},
        {"on-failure, done", true, {.kind = Kind::on_failure}, 0, {}, ""},
        {"on-failure, used up", true, {.kind = Kind::on_failure, .max_retries = 2}, 3, {}, "held"},
        {"always", true, {.kind = Kind::always}, 0, {}, started},
        {"unless-stopped", true, {.kind = Kind::unless_stopped}, 0, {}, started},
        {"stopped by hand", false, {}, 0, {.stopped_manually = true}, started},
        {"stopped by hand, restart no", true, {}, 137, {.stopped_manually = true}, started},
        {"cut off", false, {}, 0, {.interrupted = true}, started},
    };
    for (const Ending& tested : endings) {
        SCOPED_TRACE(tested.what);
        World world;
        Service& web = world.add_service("web");
        web.restart_is_set = tested.restart_is_set;
        web.container.restart = tested.restart;
        (void)world.settle();
        ObservedContainer& container = container_of(world);
        world.end(container, tested.exit_code);
        world.history.ended_run[container.id] = tested.ended_run;
        world.history.ended_run[container.id].run = container.started_at;
        const EndedRun& ended_run = tested.ended_run;
        if (!ended_run.stopped_manually && !ended_run.interrupted) world.history.ended_run.clear();
        const std::string text = to_text(world.plan());
        const std::string expected = tested.plan;
        if (expected.empty()) EXPECT_EQ(text, "");
        else EXPECT_NE(text.find(expected), std::string::npos) << text;
    }
}

TEST(MakePlan, WaitsForConditionsAndSaysWhich) {
    World world;
    world.add_service("db").container.healthcheck = Healthcheck{.test = {"CMD", "true"}};
    world.add_service("job", "job").depends_on[{"db"}] = {.condition = DependencyCondition::healthy};
    world.add_service("web").depends_on[{"job"}] = {.condition = DependencyCondition::completed_successfully};
    EXPECT_EQ(to_text(world.plan()),
              "[] -> 0 create network demo_default: not found\n"
              "[0] -> 1 create demo-db-1: not found\n"
              "[1] -> 2 start demo-db-1: not found\n"
              "[0] -> 3 create demo-job-1: not found\n"
              "[3] -> 4 start demo-job-1: not found; waits for db to be healthy\n"
              "[0] -> 5 create demo-web-1: not found\n"
              "[5] -> 6 start demo-web-1: not found; waits for job to complete\n");
    EXPECT_EQ(to_text(world.settle()), "");
}

TEST(MakePlan, ADependencyThatFailedHoldsItsDependentsOnly) {
    World world;
    world.add_service("job", "fail").restart_is_set = true;
    world.add_service("db");
    world.add_service("web").depends_on[{"job"}] = {.condition = DependencyCondition::completed_successfully};
    EXPECT_EQ(to_text(world.settle()),
              "held container job-1: failed: exited with code 3, and its restart policy does not restart it\n"
              "held container web-1: failed: web needs job to complete, which failed: exited with code 3, "
              "and its restart policy does not restart it\n");
    EXPECT_EQ(world.container("demo-db-1").state, ContainerState::running);
}

TEST(MakePlan, AMissingExternalNetworkHoldsOnlyItsUsers) {
    World world;
    Service& web = world.add_service("web");
    web.container.networks[{"outside"}] = {};
    world.desired.project.networks[{"outside"}] = {.name = {"outside"}, .key = "outside", .external = true};
    world.add_service("db");
    EXPECT_EQ(to_text(world.settle()),
              "held container web-1: failed: network outside is external and does not exist\n");
    EXPECT_EQ(world.container("demo-db-1").state, ContainerState::running);
}

TEST(MakePlan, HidesSecretsAndVariables) {
    World world = web_running();
    world.desired.redact = Redactor({Secret("hunter22")});
    web_of(world).container.environment["PASSWORD"] = "hunter22";
    web_of(world).container.environment["MODE"] = "plain-value";
    web_of(world).container.command = std::vector<std::string>{"login", "hunter22"};
    web_of(world).container.labels["note"] = "hunter22";
    for (const std::string& text : {to_text(world.plan()), to_json(world.plan())}) {
        EXPECT_EQ(text.find("hunter22"), std::string::npos) << text;
        EXPECT_EQ(text.find("plain-value"), std::string::npos) << text;
        EXPECT_NE(text.find("environment.PASSWORD"), std::string::npos) << text;
    }
}

TEST(Assess, ReportsTheStateOfAService) {
    struct DependencyState {
        const char* what;
        void (*arrange)(World&);
        ServiceState state;
        unsigned running;
    };
    const DependencyState dependency_states[] = {
        {"well", [](World&) {}, ServiceState::running, 1},
        {"stopped", [](World& world) { world.stop_by_hand(container_of(world)); }, ServiceState::pending, 0},
        {"restarting", [](World& world) { container_of(world).state = ContainerState::restarting; },
         ServiceState::restarting, 0},
        {"unhealthy", [](World& world) { container_of(world).health = Health::unhealthy; },
         ServiceState::unhealthy, 1},
        {"backing off",
         [](World& world) {
             world.stop_by_hand(container_of(world));
             back_off(world, subject_of(slot));
         },
         ServiceState::failed, 0},
        {"drift that is only reported",
         [](World& world) {
             container_of(world).spec.privileged = true;
             world.desired.policy.repair = false;
         },
         ServiceState::drifted, 1},
    };
    for (const DependencyState& tested : dependency_states) {
        SCOPED_TRACE(tested.what);
        World world = web_running();
        tested.arrange(world);
        const auto all = assess(world.desired, world.observed, world.history, world.plan(), {}, {});
        ASSERT_EQ(all.size(), 1U);
        EXPECT_EQ(to_string(all[0].state), to_string(tested.state)) << all[0].reason;
        EXPECT_EQ(all[0].running, tested.running);
        EXPECT_EQ(all[0].reason.empty(), tested.state == ServiceState::running);
    }
}

TEST(Assess, AnUnknownServiceIsReportedAndHoldsItsDependents) {
    const WallTime since = WallTime{} + 1h;
    for (const Subject& unknown : {subject_of(slot), every(Subject::Kind::container), engine_facts()}) {
        SCOPED_TRACE(to_string(unknown));
        World world = web_running();
        world.observed.unknown[unknown] = {Error(ErrorKind::timeout, "no answer"), since};
        const auto told = assess(world.desired, world.observed, world.history, world.plan(), {}, {}).at(0);
        EXPECT_EQ(told.state, ServiceState::unknown);
        EXPECT_EQ(told.reason, "state unknown: no answer; retrying");
        EXPECT_EQ(told.since, since);
        EXPECT_EQ(told.running, 0U);
        EXPECT_TRUE(told.containers.empty());
    }
    World world = web_running();
    world.observed.containers.clear();
    world.observed.unknown[subject_of(ImageRef{"busybox:1"})] = {Error(ErrorKind::timeout, "no answer"),
                                                                 since};
    const auto told = assess(world.desired, world.observed, world.history, world.plan(), {}, {}).at(0);
    EXPECT_EQ(told.state, ServiceState::waiting);
    EXPECT_EQ(told.reason, "state of image busybox:1 unknown: no answer; retrying");
}

TEST(Assess, ADueAttemptIsReportedAsPending) {
    World world = web_running();
    world.stop_by_hand(container_of(world));
    back_off(world, subject_of(slot));
    const Plan plan = world.plan();
    const SteadyTime late = plan.held.at(0).until.value() + 1s;
    const auto told = assess(world.desired, world.observed, world.history, plan, late, {});
    EXPECT_EQ(told.at(0).state, ServiceState::failed);
    EXPECT_EQ(told.at(0).next_attempt, WallTime{});
}

}  // namespace
}  // namespace dockerext::plan
