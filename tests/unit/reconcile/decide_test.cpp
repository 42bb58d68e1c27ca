#include "reconcile/decide.hpp"

#include "../plan/scene.hpp"
#include "plan/plan_text.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::web_running;
using test::web_subject;

constexpr SteadyTime now = SteadyTime{} + 1h;
constexpr WallTime wall_now = WallTime{} + 1000h;
const ProjectName old{"demo"};

/// The project "new" is in force, and nothing of it exists yet. The snapshot and history also cover "demo",
/// which may be a former one.
struct Scene {
    Scene() {
        coming.desired.project.name = {"new"};
        coming.add_service("app");
        world.desired = &coming.desired;
        world.snapshot = {.observed = &coming.observed, .is_current = true};
        world.history = &history;
        world.redact = &redact;
        world.is_connected = world.is_engine_ready = true;
        world.next_full_check = now + 300s;
    }

    FormerProject& add_former_project() {
        return world.former[old] = {.scope = RemovalScope::without_volumes,
                                    .snapshot = {.observed = &former.observed, .is_current = true}};
    }

    void become_converged() {
        coming.settle();
        coming.pass_time();
        coming.settle();
    }
    /// Ours, with an unknown size.
    void add_unused_image(std::chrono::seconds since) {
        coming.observed.listed_images.emplace();
        (*coming.observed.listed_images)[{"sha256:1"}].tags = {"app:1"};
        history.brought[{"sha256:1"}] = {.tags = {"app:1"}, .unused_since = wall_now - since};
    }

    test::World coming;
    test::World former = web_running();
    History history;
    Redactor redact;
    World world;
};

struct DecisionCase {
    const char* what;
    void (*arrange)(Scene&);
    const char* to_run;
    const char* wake_ups;
};

constexpr const char* create_all =
    "[] -> 0 create network demo_default: not found\n"
    "[0] -> 1 create new-app-1: not found\n"
    "[1] -> 2 start new-app-1: not found\n";

const DecisionCase decision_cases[] = {
    {"a project to be created", [](Scene&) {}, create_all, "in 300.0 s: next full check\n"},
    {"nothing wanted", [](Scene& scene) { scene.world.desired = nullptr; }, "", ""},
    {"paused until resumed", [](Scene& scene) { scene.world.paused_until = WallTime::max(); }, "",
     "in 300.0 s: next full check\n"},
    {"paused for a while", [](Scene& scene) { scene.world.paused_until = wall_now + 90s; }, "",
     "in 90.0 s: the pause ends\nin 300.0 s: next full check\n"},
    {"a pause that is over", [](Scene& scene) { scene.world.paused_until = wall_now; }, create_all,
     "in 300.0 s: next full check\n"},
    {"without an engine", [](Scene& scene) { scene.world.is_connected = false; }, "", ""},
    {"while the engine is changed", [](Scene& scene) { scene.world.is_engine_ready = false; }, "", ""},
    {"a look that failed",
     [](Scene& scene) {
         scene.world.snapshot.is_current = false;
         scene.world.snapshot.look_failed = true;
         scene.world.snapshot.look_again_at = now + 2s;
     },
     "", "in 2.0 s: the project is inspected again after a failure\nin 300.0 s: next full check\n"},
    {"an object of which nothing is known",
     [](Scene& scene) {
         scene.coming.observed.unknown.emplace(subject_of(Slot{{"db"}, 1}),
                                               Unknown{Error(ErrorKind::timeout, "t"), {}});
         scene.world.snapshot.retry_unknown_at = now + 30s;
     },
     "[] -> 0 create network demo_default: not found\n"
     "[0] -> 1 create new-app-1: not found\n"
     "[1] -> 2 start new-app-1: not found\n"
     "held container db-1: unknown: state of container db-1 unknown: t; retrying\n",
     "in 30.0 s: unknown objects of the project are inspected again\nin 300.0 s: next full check\n"},
    {"a service that backs off",
     [](Scene& scene) {
         scene.history.failure_records[subject_of(Slot{{"app"}, 1})] = {
             .failures = 2, .last_error = "it broke", .since = {}, .next_attempt = now + 1500ms};
     },
     "[] -> 0 create network demo_default: not found\nheld container app-1: backoff: it broke\n",
     "in 1.5 s: backoff of container app-1 ends\nin 300.0 s: next full check\n"},
    {"too many actions", [](Scene& scene) { scene.world.next_action = now + 4s; }, create_all,
     "in 4.0 s: the rate limit allows further actions\nin 300.0 s: next full check\n"},

    {"an image that nobody uses, while there is other work",
     [](Scene& scene) { scene.add_unused_image(8 * 24h); }, create_all, "in 300.0 s: next full check\n"},
    {"an image that nobody uses",
     [](Scene& scene) {
         scene.become_converged();
         scene.add_unused_image(8 * 24h);
     },
     "[] -> 0 remove image app:1 (sha256:1): unused for 7 d (reconcile.images.keep); frees up to 0 MB\n",
     "in 300.0 s: next full check\n"},
    {"an image that nobody will have used for long enough",
     [](Scene& scene) {
         scene.become_converged();
         scene.add_unused_image(7 * 24h - 90s);
     },
     "", "in 90.0 s: an image has been unused for long enough\nin 300.0 s: next full check\n"},
    {"an image that nobody uses, while a new version has not held",
     [](Scene& scene) {
         scene.become_converged();
         scene.add_unused_image(8 * 24h);
         test::mark_unproven(scene.coming, scene.coming.container("new-app-1"));
         scene.history.unproven = scene.coming.history.unproven;
         scene.history.unproven.begin()->second.healthy_since = now;
     },
     "", "in 10.0 s: backoff of container app-1 ends\nin 300.0 s: next full check\n"},
    {"an image that nobody uses, while a container does not become healthy",
     [](Scene& scene) {
         scene.become_converged();
         scene.add_unused_image(8 * 24h);
         test::mark_unproven(scene.coming, scene.coming.container("new-app-1"));
         scene.history.unproven = scene.coming.history.unproven;
     },
     "[] -> 0 remove image app:1 (sha256:1): unused for 7 d (reconcile.images.keep); frees up to 0 MB\n",
     "in 300.0 s: next full check\n"},
    {"an image that nobody uses, while something waits for an image that cannot be pulled",
     [](Scene& scene) {
         scene.become_converged();
         scene.add_unused_image(8 * 24h);
         scene.coming.add_service("web").container.image = {"large:1"};
         Service& after = scene.coming.add_service("after");
         after.depends_on[{"web"}] = {};
         scene.history.failure_records[subject_of(ImageRef{"large:1"})] = {
             .failures = 1, .last_error = "no space", .since = {}, .next_attempt = now + 200s};
         (void)scene.coming.run(
             plan::make_plan(scene.coming.desired, scene.coming.observed, scene.history, now));
     },
     "[] -> 0 remove image app:1 (sha256:1): unused for 7 d (reconcile.images.keep); frees up to 0 MB\n",
     "in 200.0 s: backoff of image large:1 ends\nin 300.0 s: next full check\n"},
    {"an image that nobody uses, while a former project is removed",
     [](Scene& scene) {
         scene.become_converged();
         scene.add_unused_image(8 * 24h);
         scene.add_former_project().snapshot.is_current = false;
     },
     "", "in 300.0 s: next full check\n"},

    {"a former project goes first", [](Scene& scene) { (void)scene.add_former_project(); },
     "[] -> 0 stop demo-web-1: the project is taken down\n"
     "[0] -> 1 remove demo-web-1: the project is taken down\n"
     "[1] -> 2 remove network demo_default: no service uses it\n"
     "[2] -> 3 create network demo_default: not found\n"
     "[1,3] -> 4 create new-app-1: not found\n"
     "[4] -> 5 start new-app-1: not found\n",
     "in 300.0 s: next full check\n"},
    {"down",
     [](Scene& scene) {
         scene.world.desired = nullptr;
         (void)scene.add_former_project();
     },
     "[] -> 0 stop demo-web-1: the project is taken down\n"
     "[0] -> 1 remove demo-web-1: the project is taken down\n"
     "[1] -> 2 remove network demo_default: no service uses it\n",
     "in 300.0 s: next full check\n"},
    {"a removal that backs off holds nobody up",
     [](Scene& scene) {
         (void)scene.add_former_project();
         scene.history.failure_records[former_project_subject(old, web_subject())] = {
             .failures = 1, .last_error = "it broke", .since = {}, .next_attempt = now + 1s};
     },
     create_all, "in 1.0 s: backoff of container demo/web-1 ends\nin 300.0 s: next full check\n"},
    {"nor does a look at it that failed",
     [](Scene& scene) {
         scene.add_former_project().snapshot = {.look_failed = true, .look_again_at = now + 3s};
     },
     create_all,
     "in 3.0 s: a former project is inspected again after a failure\nin 300.0 s: next full check\n"},
    {"before the first look at it nothing new is created",
     [](Scene& scene) { scene.add_former_project().snapshot = {.is_looking = true}; },
     "[] -> 0 create network demo_default: not found\n"
     "[0] -> 1 create new-app-1: not found; waits for the containers of the former project to be removed\n"
     "[1] -> 2 start new-app-1: not found; waits for the containers of the former project to be removed\n",
     "in 300.0 s: next full check\n"},
    {"while its containers are being removed nothing new is created",
     [](Scene& scene) {
         (void)scene.add_former_project();
         scene.history.busy.insert(former_project_subject(old, web_subject()));
     },
     "[] -> 0 create network demo_default: not found\n"
     "[0] -> 1 create new-app-1: not found; waits for the containers of the former project to be removed\n"
     "[1] -> 2 start new-app-1: not found; waits for the containers of the former project to be removed\n",
     "in 300.0 s: next full check\n"},
    {"work of the time when it was in force is awaited",
     [](Scene& scene) {
         scene.world.desired = nullptr;
         (void)scene.add_former_project();
         scene.world.draining.insert(old);
     },
     "", "in 300.0 s: next full check\n"},
    {"one that is in force again waits for the end of its removal",
     [](Scene& scene) { scene.world.draining.insert({"new"}); }, "", "in 300.0 s: next full check\n"},
};

TEST(Decide, ChoosesPlansAndTheNextWakeUp) {
    for (const DecisionCase& tested : decision_cases) {
        SCOPED_TRACE(tested.what);
        Scene scene;
        tested.arrange(scene);
        const Decision decision = decide(scene.world, now, wall_now);
        EXPECT_EQ(plan::to_text(decision.to_run), tested.to_run);
        EXPECT_EQ(to_text(decision.wake_ups, now), tested.wake_ups);
        EXPECT_EQ(decision.gone, std::set<ProjectName>{});
    }
}

TEST(Decide, APauseShowsWhatItKeepsFromBeingDone) {
    Scene scene;
    scene.world.paused_until = WallTime::max();
    const Decision decision = decide(scene.world, now, wall_now);
    EXPECT_EQ(plan::to_text(decision.services.value()), create_all);
    EXPECT_TRUE(decision.to_run.steps.empty());
}

TEST(StartsOfHandOvers, AreThoseWithoutWhichNothingRuns) {
    const test::World running = test::web_handing_over();
    EXPECT_TRUE(starts_of_hand_overs(running.plan(), running.observed).steps.empty());
    test::World world = test::web_handing_over("fail");
    const ContainerId old = test::container_of(world).id;
    world.end(test::successor_of(world), 3);
    world.pass_time();
    const Plan starts = starts_of_hand_overs(world.plan(), world.observed);
    ASSERT_EQ(starts.steps.size(), 1U) << test::plan_text(world);
    const auto* start = std::get_if<StartContainer>(&starts.steps[0].operation);
    ASSERT_NE(start, nullptr);
    EXPECT_EQ(std::get<ContainerId>(start->container), old);
    EXPECT_TRUE(starts.steps[0].after.empty());
}

TEST(StartsOfHandOvers, AreNoneOfAServiceThatIsNotBeingReplaced) {
    test::World world = web_running();
    world.stop_by_hand(test::container_of(world));
    EXPECT_FALSE(world.plan().steps.empty());
    EXPECT_TRUE(starts_of_hand_overs(world.plan(), world.observed).steps.empty());
}

TEST(Decide, EqualInputsGiveEqualDecisions) {
    Scene scene;
    (void)scene.add_former_project();
    const Decision once = decide(scene.world, now, wall_now), again = decide(scene.world, now, wall_now);
    EXPECT_EQ(plan::to_text(once.to_run), plan::to_text(again.to_run));
    EXPECT_EQ(once.wake_ups.all(), again.wake_ups.all());
}

TEST(Decide, AFormerProjectIsForgottenWhenNothingIsLeft) {
    Scene scene;
    (void)scene.add_former_project();
    (void)scene.former.run(decide(scene.world, now, wall_now).former);
    EXPECT_EQ(decide(scene.world, now, wall_now).gone, std::set{old});
    scene.history.busy.insert(former_project_subject(old, web_subject()));
    EXPECT_EQ(decide(scene.world, now, wall_now).gone, std::set<ProjectName>{}) << "a step is under way";
}

/// The project in force has a service of the same name that is busy and has failed.
TEST(Decide, TheSameNamesInTwoProjectsAreTwoSubjects) {
    Scene scene;
    (void)scene.add_former_project();
    scene.history.busy.insert(web_subject());
    scene.history.failure_records[web_subject()] = {.failures = 1, .next_attempt = now + 1s};
    EXPECT_EQ(decide(scene.world, now, wall_now).former.steps.size(), 3U);
}

TEST(Decide, WithoutASnapshotNoServiceIsReported) {
    Scene scene;
    scene.world.snapshot = {};
    EXPECT_FALSE(decide(scene.world, now, wall_now).services.has_value());
    scene.world.desired = nullptr;
    EXPECT_TRUE(decide(scene.world, now, wall_now).services.has_value()) << "nothing is wanted";
}

}  // namespace
}  // namespace dockerext::reconcile
