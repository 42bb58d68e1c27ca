// post_start hooks that still have to run, and hooks around restarts.
#include "scene.hpp"

#include "base/secret.hpp"
#include "plan/assess.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;

Hook hook(std::vector<std::string> command) { return {.command = std::move(command)}; }

/// web runs, and the last `pending` of its hooks "first" and "second" still have to run. "after" depends on
/// web and was stopped by hand.
World world_with_owed_hooks(unsigned pending) {
    World world;
    world.add_service("web").post_start = {hook({"first"}), hook({"second", "word"})};
    world.add_service("after").depends_on[{"web"}] = {};
    (void)world.settle();
    world.stop_by_hand(world.container("demo-after-1"));
    world.history.pending_hooks[web_subject()] = {
        .container = container_of(world).id, .run = {}, .count = pending};
    return world;
}

constexpr const char* only_dependent_starts =
    "[] -> 0 start demo-after-1: stopped manually (state: exited → running)\n";

TEST(Hooks, ThatArePendingRunBeforeDependents) {
    const std::string both =
        "[] -> 0 run hook in demo-web-1: post_start hook 'first'\n"
        "[0] -> 1 run hook in demo-web-1: post_start hook 'second word'\n"
        "[1] -> 2 start demo-after-1: stopped manually (state: exited → running)\n";
    EXPECT_EQ(plan_text(world_with_owed_hooks(2)), both);
    EXPECT_EQ(plan_text(world_with_owed_hooks(PendingHooks::all)), both);
    EXPECT_EQ(plan_text(world_with_owed_hooks(1)),
              "[] -> 0 run hook in demo-web-1: post_start hook 'second word'\n"
              "[0] -> 1 start demo-after-1: stopped manually (state: exited → running)\n");
    EXPECT_EQ(plan_text(world_with_owed_hooks(0)), only_dependent_starts);
}

TEST(Hooks, OfAnUnknownContainerArePendingForTheSlot) {
    World world = world_with_owed_hooks(1);
    world.history.pending_hooks[web_subject()].container = {};
    EXPECT_NE(plan_text(world), only_dependent_starts);
    world.history.pending_hooks[web_subject()].container = {"another"};
    EXPECT_EQ(plan_text(world), only_dependent_starts);
}

TEST(Hooks, ThatFailedAreRetriedAfterBackoffAndTheServiceIsFailedUntilThen) {
    World world = world_with_owed_hooks(1);
    world.history.pending_hooks[web_subject()].failure =
        "post_start hook 'second word': it exited with code 4";
    back_off(world, web_subject());
    const Plan plan = world.plan();
    EXPECT_EQ(plan_text(world),
              "[] -> 0 start demo-after-1: stopped manually (state: exited → running); waits for web to be "
              "started\n"
              "held container web-1: backoff: it broke\n");
    const auto services =
        assess(world.desired, world.observed, world.history, plan, SteadyTime{}, WallTime{});
    EXPECT_EQ(services[0].name, ServiceName{"after"});
    EXPECT_EQ(services[0].state, ServiceState::waiting);
    EXPECT_EQ(services[1].state, ServiceState::failed);
    EXPECT_EQ(services[1].running, 1U);
}

TEST(Hooks, ThatFailedInAnEndedRunAreAFailureOfTheService) {
    World world = world_with_owed_hooks(1);
    world.history.pending_hooks[web_subject()].failure =
        "post_start hook 'second word': it exited with code 4";
    world.end(container_of(world), 0);
    EXPECT_EQ(plan_text(world),
              std::string(only_dependent_starts) +
                  "held container web-1: failed: post_start hook 'second word': it exited with code 4\n");
}

TEST(Hooks, OfASuccessorRunBeforeItsPredecessorIsRemoved) {
    World world = web_handing_over();
    web_of(world).post_start = {hook({"first"})};
    world.history.pending_hooks[web_subject()] = {.container = successor_of(world).id, .run = {}, .count = 1};
    EXPECT_EQ(plan_text(world),
              "[] -> 0 run hook in demo-web-1: post_start hook 'first'\n"
              "[0] -> 1 remove demo-web-1: the new container is up\n"
              "[1] -> 2 rename demo-web-1: the new container is up (name: ID_demo-web-1 → demo-web-1)\n");
}

TEST(Hooks, AreRunAroundARestart) {
    World world = web_running();
    web_of(world).post_start = {hook({"up"})};
    web_of(world).pre_stop = {hook({"down"})};
    container_of(world).health = Health::unhealthy;  // it may be unable to run a command
    EXPECT_EQ(plan_text(world),
              "[] -> 0 restart demo-web-1: its health check fails\n"
              "[0] -> 1 run hook in demo-web-1: post_start hook 'up'\n");
    container_of(world).health = Health::none;
    world.history.pending_restarts[container_of(world).id] = container_of(world).started_at;
    EXPECT_EQ(plan_text(world),
              "[] -> 0 run hook in demo-web-1: pre_stop hook 'down'\n"
              "[0] -> 1 restart demo-web-1: a service that it depends on was recreated\n"
              "[1] -> 2 run hook in demo-web-1: post_start hook 'up'\n");
}

TEST(Hooks, AreShownTruncatedAndWithoutSecrets) {
    World world = world_with_owed_hooks(2);
    world.desired.redact = Redactor({Secret("hunter22-hunter22")});
    const std::string long_word(75, 'x');
    web_of(world).post_start = {hook({long_word, "hunter22-hunter22"}), hook({"hunter22-hunter22"})};
    const std::string text = plan_text(world);
    EXPECT_NE(text.find("hook '" + long_word + " (hid...'"), std::string::npos) << text;
    EXPECT_NE(text.find("hook '(hidden)'"), std::string::npos) << text;
    EXPECT_EQ(text.find("hunt"), std::string::npos) << text;
}

}  // namespace
}  // namespace dockerext::plan
