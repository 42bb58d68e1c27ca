#include "reconcile/status.hpp"

#include "../plan/scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::web_running;
using test::web_subject;

constexpr SteadyTime status_time = SteadyTime{} + 1h;
constexpr WallTime status_wall_time = WallTime{} + 24h;

/// One service that runs as desired, and no problem elsewhere.
struct StatusScene {
    StatusScene() {
        accepted.desired = world.desired;
        facts.in_force = &accepted;
        facts.project = {"demo"};
        facts.observed = &world.observed;
        facts.is_up_to_date = facts.is_connected = true;
        facts.history = &history;
        facts.plan = &plan;
        facts.pulls = &pulls;
        facts.redact = &redact;
        facts.settings.state = SettingsState::accepted;
        facts.engine.state = EngineState::running;
        facts.engine_parts = {{"engine.options", PartState::ok, ""}};
    }
    void add_former_project(std::optional<std::string> error) { facts.former[{"old"}] = std::move(error); }
    void remove_all_services() {
        facts.in_force = nullptr;
        facts.observed = nullptr;
    }
    void service_failed() {
        plan.held.push_back(
            {web_subject(), ServiceName{"web"}, Held::Why::backoff, "it broke", status_time + 5s});
    }

    test::World world = web_running();
    AcceptedSettings accepted;
    History history;
    Plan plan;
    std::map<ImageRef, engine::PullProgress> pulls;
    Redactor redact;
    Facts facts;
};

std::string text_of(const Status& status) {
    std::string text(to_string(status.state));
    for (const PartStatus& part : status.parts) {
        if (part.state != PartState::ok)
            text += "; " + part.name + " " + std::string(to_string(part.state)) + ": " + part.message;
    }
    for (const ServiceStatus& service : status.services) {
        text += "; " + service.name.value + " " + std::string(to_string(service.state));
        if (!service.reason.empty()) text += ": " + service.reason;
    }
    return text;
}

struct StatusCase {
    const char* what;
    void (*arrange)(StatusScene&);
    const char* status;
};

const StatusCase status_cases[] = {
    {"all is well", [](StatusScene&) {}, "converged; web running"},
    {"before the first look",
     [](StatusScene& scene) {
         scene.facts.observed = nullptr;
         scene.facts.is_up_to_date = false;
     },
     "converging; web unknown: not checked yet"},
    {"something has changed", [](StatusScene& scene) { scene.facts.is_dirty = true; },
     "converging; web running"},
    {"asked to look at everything", [](StatusScene& scene) { scene.facts.is_up_to_date = false; },
     "converging; web running"},
    {"a service that failed", [](StatusScene& scene) { scene.service_failed(); },
     "degraded; web failed: it broke"},
    {"one that may be well by now",
     [](StatusScene& scene) {
         scene.service_failed();
         scene.facts.is_up_to_date = false;
     },
     "converging; web failed: it broke"},
    {"something outside the services",
     [](StatusScene& scene) {
         scene.plan.held.push_back({{Subject::Kind::network, "n"}, {}, Held::Why::conflict, "foreign", {}});
     },
     "degraded; web running"},
    {"paused", [](StatusScene& scene) { scene.facts.paused_until = WallTime::max(); }, "paused; web running"},
    {"paused, with something to repair",
     [](StatusScene& scene) {
         scene.facts.paused_until = WallTime::max();
         test::container_of(scene.world).state = ContainerState::exited;
         scene.plan = scene.world.plan();
     },
     "paused; web pending: would repair after the pause: not running (exit code 0)"},
    {"paused, whatever else is wrong",
     [](StatusScene& scene) {
         scene.facts.paused_until = WallTime::max();
         scene.facts.settings.state = SettingsState::rejected;
         scene.facts.engine.state = EngineState::unreachable;
         scene.service_failed();
     },
     "paused; web unknown: the engine does not respond"},
    {"settings that were rejected",
     [](StatusScene& scene) { scene.facts.settings.state = SettingsState::rejected; },
     "degraded; web running"},
    {"settings that were rolled back",
     [](StatusScene& scene) { scene.facts.settings.state = SettingsState::rolled_back; },
     "degraded; web running"},
    {"and none before",
     [](StatusScene& scene) {
         scene.remove_all_services();
         scene.facts.settings.state = SettingsState::rejected;
     },
     "degraded"},
    {"nothing wanted", [](StatusScene& scene) { scene.remove_all_services(); }, "idle"},
    {"nothing wanted, and no engine",
     [](StatusScene& scene) {
         scene.remove_all_services();
         scene.facts.engine.state = EngineState::unreachable;
         scene.facts.is_connected = false;
     },
     "idle"},
    {"an engine that does not answer",
     [](StatusScene& scene) { scene.facts.engine.state = EngineState::not_answering; },
     "degraded; web unknown: the engine does not respond"},
    {"a part of the engine that is being changed",
     [](StatusScene& scene) {
         scene.facts.engine_parts = {{"engine.config", PartState::pending, "restart"}};
     },
     "converging; engine.config pending: restart; web running"},
    {"a part of the engine that failed",
     [](StatusScene& scene) {
         scene.facts.engine_parts = {{"engine.config", PartState::failed, "no"}};
     },
     "degraded; engine.config failed: no; web running"},
    {"files of the daemon that cannot be written",
     [](StatusScene& scene) { scene.facts.state_error = "journal '/x/journal': write: No space left"; },
     "degraded; daemon.state failed: journal '/x/journal': write: No space left; until this works, a restart "
     "of "
     "the daemon forgets what it has done since: free some space there, or correct what else prevents it; "
     "retrying; web running"},
    {"a look that failed is told with its reason, once",
     [](StatusScene& scene) { scene.facts.look_error = "GET /containers/json: 500 oops"; },
     "degraded; project.demo failed: cannot inspect: GET /containers/json: 500 oops; retrying; web unknown: "
     "cannot inspect: see project.demo"},
    {"a look that failed at an engine that is silent by now",
     [](StatusScene& scene) {
         scene.facts.look_error = "GET /containers/json: timeout";
         scene.facts.engine.state = EngineState::not_answering;
     },
     "degraded; project.demo failed: cannot inspect: GET /containers/json: timeout; retrying; web unknown: "
     "the engine does not respond"},
    {"a project that leaves", [](StatusScene& scene) { scene.add_former_project({}); },
     "converging; project.old pending: no longer in the settings; removing it; web running"},
    {"one that cannot", [](StatusScene& scene) { scene.add_former_project("remove network: in use"); },
     "degraded; project.old failed: no longer in the settings, but cannot be removed: remove network: in "
     "use; retrying; web running"},
    {"down, at work",
     [](StatusScene& scene) {
         scene.remove_all_services();
         scene.add_former_project({});
     },
     "converging; project.old pending: no longer in the settings; removing it"},
    {"settings without services", [](StatusScene& scene) { scene.accepted.desired.project.services.clear(); },
     "converged; project.demo unmanaged: no services in the settings any more; existing containers are left "
     "unchanged (`dockerextd down` removes them)"},
    {"an image that is being pulled",
     [](StatusScene& scene) {
         scene.world.observed.containers.clear();
         scene.pulls[{"busybox:1"}] = {.done_bytes = 2'000'000, .total_bytes = 5'000'000};
     },
     "converging; web pending: pulling the image: 2 of 5 MB"},
};

TEST(StatusOf, IsDerivedFromTheFacts) {
    for (const StatusCase& tested : status_cases) {
        SCOPED_TRACE(tested.what);
        StatusScene scene;
        tested.arrange(scene);
        EXPECT_EQ(text_of(status_of(scene.facts, status_time, status_wall_time)), tested.status);
    }
}

TEST(StatusOf, AFailedServiceIsNotGivenUpBeforeItsSettingsAreRolledBack) {
    StatusScene scene;
    scene.plan.held.push_back({web_subject(), ServiceName{"web"}, Held::Why::failed, "rollout failed", {}});
    const auto given_up = [&] {
        return is_given_up(status_of(scene.facts, status_time, status_wall_time).services.at(0));
    };
    EXPECT_TRUE(given_up());
    scene.facts.is_rollback_due = true;
    EXPECT_FALSE(given_up());
}

/// A call about it hangs, so that its subject is busy and nobody inspects it.
TEST(StatusOf, AContainerThatEndedMeanwhileIsNotShownAsRunning) {
    StatusScene scene;
    const ContainerId id = test::container_of(scene.world).id;
    scene.history.busy.insert(web_subject());
    ServiceStatus web = status_of(scene.facts, status_time, status_wall_time).services.at(0);
    EXPECT_EQ(web.running, 1U);
    EXPECT_EQ(web.containers.at(0).state, ContainerState::running);
    scene.facts.ended_containers = {id};
    web = status_of(scene.facts, status_time, status_wall_time).services.at(0);
    EXPECT_EQ(web.running, 0U);
    EXPECT_EQ(web.containers.at(0).state, std::nullopt);
}

TEST(StatusOf, ReportsTheNextWakeUpInWallTime) {
    StatusScene scene;
    EXPECT_FALSE(status_of(scene.facts, status_time, status_wall_time).next_wake_up.has_value());
    scene.facts.next_wake_up = WakeUp{status_time + 30s, "next full check"};
    const auto next = status_of(scene.facts, status_time, status_wall_time).next_wake_up;
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->at, status_wall_time + 30s);
    EXPECT_EQ(next->reason, "next full check");
}

struct Leaving : testing::Test {
    std::optional<std::string> why(const std::string& look_error = {}) const {
        return why_not_removed(demo, {.observed = &world.observed, .is_current = true}, look_error, plan,
                               history, {});
    }

    const ProjectName demo{"demo"};
    Plan plan;
    test::World world = web_running();
    History history;
};

TEST_F(Leaving, HasNoReasonWithoutAFailure) { EXPECT_EQ(why(), std::nullopt); }

TEST_F(Leaving, AFailedSnapshotIsTheReason) { EXPECT_EQ(why("no answer"), "no answer"); }

TEST_F(Leaving, AnUnknownObjectIsTheReason) {
    world.observed.unknown.emplace(web_subject(), Unknown{Error(ErrorKind::timeout, "no answer"), {}});
    EXPECT_EQ(why(), "container web-1: no answer");
}

TEST_F(Leaving, AFailedStepIsTheReasonWhileItsObjectExists) {
    history.failure_records[former_project_subject(demo, web_subject())] = {.failures = 1,
                                                                            .last_error = "stop: refused"};
    EXPECT_EQ(why(), "stop: refused");
    world.observed.containers.clear();
    EXPECT_EQ(why(), std::nullopt);
}

TEST_F(Leaving, AHeldSubjectIsTheReason) {
    plan.held.push_back(
        {former_project_subject({"other"}, web_subject()), {}, Held::Why::conflict, "not this", {}});
    EXPECT_EQ(why(), std::nullopt);
    plan.held.push_back({former_project_subject(demo, web_subject()), {}, Held::Why::conflict, "in use", {}});
    EXPECT_EQ(why(), "in use");
}

TEST_F(Leaving, AFailureOfTheSameNameInForceIsNone) {
    history.failure_records[web_subject()] = {.failures = 1, .last_error = "stop: refused"};
    EXPECT_EQ(why(), std::nullopt);
}

}  // namespace
}  // namespace dockerext::reconcile
