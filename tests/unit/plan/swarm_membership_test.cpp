// How a machine becomes a member of the swarm: one case or more for each of the rows 4 to 13 of the decision
// table (plan/README.md), with the plan and the parts as people read them.
#include "plan/swarm_planner.hpp"

#include "swarm_scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::check_cases;
using test::manager_at;
using test::swarm_noon;
using test::swarm_token;
using test::SwarmCase;
using test::SwarmScene;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const SwarmCase not_a_member[] = {
    {"4: live-restore", [](SwarmScene& scene) { scene.observed.live_restore = true; },
     "swarm failed for good (conflict): an engine with live-restore cannot be in a swarm: remove "
     "live-restore from daemon.json, or --live-restore from the options of dockerd\n"},
    {"5: a worker by name, a manager by address",
     [](SwarmScene& scene) {
         scene.set_address("10.0.0.5");
         scene.desired.settings.role = SwarmRole::worker;
     },
     "swarm failed for good (conflict): swarm.role is \"worker\", but 10.0.0.5:2377, one of swarm.managers, "
     "is an address of this machine: change one of the two\n"},
    {"5: an address of another machine",
     [](SwarmScene& scene) { scene.desired.settings.advertise = "20.1.2.3"; },
     "swarm failed for good (conflict): swarm.advertise: 20.1.2.3 is not an address of this machine, and NAT "
     "is not supported; it has 10.0.0.9 (eth0); name one of these\n"},
    {"6: locked, with the key",
     [](SwarmScene& scene) {
         scene.observed.state = LocalNodeState::locked;
         scene.desired.access.unlock_key = Secret("SWMKEY-1-x");
     },
     "[] -> 0 unlock this manager: locked since the engine's start (autolock)\n"
     "swarm pending: unlocking\n"},
    {"6: locked, with a key that the engine has refused",
     [](SwarmScene& scene) {
         scene.observed.state = LocalNodeState::locked;
         scene.desired.access.unlock_key = Secret("SWMKEY-1-x");
         scene.history.key_refused = true;
     },
     "swarm failed for good (failed): the engine refuses the unlock-key of the settings, so this manager "
     "stays locked: deploy the one that `dockerextd swarm tokens` prints on another manager, or the former "
     "one "
     "if the key was rotated while this machine was down\n"},
    {"6: locked, without a key", [](SwarmScene& scene) { scene.observed.state = LocalNodeState::locked; },
     "swarm failed for good (policy): this manager is locked since its engine started (autolock): deploy the "
     "unlock-key that `dockerextd swarm tokens` prints on another manager\n"},
    {"7: the membership is broken",
     [](SwarmScene& scene) {
         scene.observed.state = LocalNodeState::error;
         scene.observed.error = "swarm certificates have expired";
     },
     "swarm failed for good (failed): the engine cannot take part in its swarm: swarm certificates have "
     "expired; if the node was removed or its certificates have expired, run `docker swarm leave --force` "
     "here, and dockerextd joins again\n"},
    {"8: joining",
     [](SwarmScene& scene) {
         scene.observed.state = LocalNodeState::pending;
         scene.history.record.doing = SwarmRecord::Doing::join;
         scene.history.record.doing_since = swarm_noon - 59s;
     },
     "swarm pending (unproven): joining\n"},
    {"8: joining for too long",
     [](SwarmScene& scene) {
         scene.observed.state = LocalNodeState::pending;
         scene.history.record.doing = SwarmRecord::Doing::join;
         scene.history.record.doing_since = swarm_noon - 60s;
     },
     "[] -> 0 leave the swarm: not a member 60 s after the join began\n"
     "swarm pending: giving up a join that has not ended\n"},
    {"8: a member whose managers do not answer",
     [](SwarmScene& scene) {
         scene.observed.state = LocalNodeState::pending;
         scene.observed.node_id = "own";
         scene.observed.error = "context deadline exceeded";
         scene.history.record.doing = SwarmRecord::Doing::join;
         scene.history.record.doing_since = swarm_noon - 1h;
     },
     "swarm pending (unproven): the engine tries to reach the managers of its swarm: context deadline "
     "exceeded\n"},
    {"8: somebody else's join", [](SwarmScene& scene) { scene.observed.state = LocalNodeState::pending; },
     "swarm pending (unproven): the engine tries to reach the managers of its swarm\n"},
    {"9: a worker joins",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.observed.answering = {manager_at("10.0.0.5")};
     },
     "[] -> 0 join swarm 10.0.0.5:2377: not in a swarm (role: (none) → worker)\n"
     "swarm pending: joining through 10.0.0.5:2377\n"},
    {"9: a manager joins, never through itself",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.set_address("10.0.0.4");
         scene.observed.answering = {manager_at("10.0.0.4"), manager_at("10.0.0.6")};
     },
     "[] -> 0 join swarm 10.0.0.6:2377: not in a swarm (role: (none) → manager)\n"
     "swarm pending: joining through 10.0.0.6:2377\n"},
    {"9: no manager answers", [](SwarmScene& scene) { scene.give_tokens(); },
     "swarm pending (backoff): no manager answers at 10.0.0.4:2377, 10.0.0.5:2377, 10.0.0.6:2377: check that "
     "their engines run, and that no firewall is between\n"},
    {"9: the only manager has tokens and no swarm",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.set_address("10.0.0.4");
         scene.desired.settings.managers.resize(1);
     },
     "swarm pending (backoff): swarm.managers names no other machine to join through; if the swarm is lost, "
     "run `dockerextd swarm recover`\n"},
    {"9: a join that failed",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.observed.answering = {manager_at("10.0.0.5")};
         scene.history.failure_records[{Subject::Kind::part, "swarm"}] = {
             .failures = 1, .last_error = "join swarm: refused", .next_attempt = SteadyTime{} + 2s};
     },
     "swarm failed (backoff): join swarm: refused\n"},
    {"9: an engine that managers of this swarm cannot have",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.set_address("10.0.0.5");
         scene.observed.engine_version = "26.1.5+dfsg1";
         scene.observed.answering = {manager_at("10.0.0.4")};
         scene.desired.access.manager_engine = "20.10.24";
     },
     "swarm failed for good (conflict): a manager with engine 26.1.5+dfsg1 cannot take part in a swarm led "
     "by engine 20.10.24: it would show as reachable, never replicate, and could stop all writes "
     "(etcd#13741); upgrade the other managers first, or make this machine a worker; if they are upgraded "
     "already, deploy what `dockerextd swarm tokens` prints now\n"},
    {"9: the same engine as a worker",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.observed.engine_version = "26.1.5+dfsg1";
         scene.observed.answering = {manager_at("10.0.0.4")};
         scene.desired.access.manager_engine = "20.10.24";
     },
     "[] -> 0 join swarm 10.0.0.4:2377: not in a swarm (role: (none) → worker)\n"
     "swarm pending: joining through 10.0.0.4:2377\n"},
    {"10: the other role's token",
     [](SwarmScene& scene) {
         scene.give_tokens();
         scene.set_address("10.0.0.5");
         scene.desired.access.manager_token = Secret();
     },
     "swarm failed for good (policy): this machine is to be a manager, but the settings have no "
     "manager-token, only a worker-token: deploy all that `dockerextd swarm tokens` prints on a manager\n"},
    {"11: the first manager had tokens",
     [](SwarmScene& scene) {
         scene.set_address("10.0.0.4");
         scene.history.record.had_tokens = true;
     },
     "swarm failed for good (policy): the settings had join tokens before, so no other swarm is initialized "
     "here: deploy what `dockerextd swarm tokens` prints on a manager; if that swarm is lost, run "
     "`dockerextd swarm recover`\n"},
    {"11: the first manager was in a swarm",
     [](SwarmScene& scene) {
         scene.set_address("10.0.0.4");
         scene.history.record.cluster = "cluster";
     },
     "swarm failed for good (policy): this machine was in a swarm before, so no other swarm is initialized "
     "here: deploy what `dockerextd swarm tokens` prints on a manager; if that swarm is lost, run "
     "`dockerextd swarm recover`\n"},
    {"12: the first manager", [](SwarmScene& scene) { scene.set_address("10.0.0.4"); },
     "[] -> 0 initialize swarm 10.0.0.4: first of swarm.managers, and no other manager answers (role: (none) "
     "→ manager)\n"
     "swarm pending: initializing the swarm\n"},
    {"12: the first manager, when another one is there",
     [](SwarmScene& scene) {
         scene.set_address("10.0.0.4");
         scene.observed.answering = {manager_at("10.0.0.4"), manager_at("10.0.0.6")};
     },
     "swarm failed for good (conflict): a manager answers at 10.0.0.6:2377, so there is a swarm already, and "
     "none is initialized here: deploy what `dockerextd swarm tokens` prints on that manager\n"},
    {"13: another manager", [](SwarmScene& scene) { scene.set_address("10.0.0.5"); },
     "swarm pending (policy): waiting for join tokens: deploy what `dockerextd swarm tokens` prints on "
     "10.0.0.4\n"},
    {"13: a worker", [](SwarmScene&) {},
     "swarm pending (policy): waiting for join tokens: deploy what `dockerextd swarm tokens` prints on "
     "10.0.0.4\n"},
};

TEST(SwarmMembership, BeginsAsTheTableSays) { check_cases(not_a_member); }

Step only_step(const SwarmScene& scene) {
    const SwarmPlan made = scene.plan();
    EXPECT_EQ(made.plan.steps.size(), 1U);
    return made.plan.steps.empty() ? Step{} : made.plan.steps.front();
}

TEST(SwarmMembership, InitializesAsTheSettingsAsk) {
    SwarmScene scene;
    scene.set_address("10.0.0.4");
    scene.observed.addresses.push_back({"eth1", "10.1.0.4", true});
    SwarmSettings& settings = scene.desired.settings;
    settings.data_path = "eth1";
    settings.data_path_port = 7777;
    settings.address_pools = {"10.20.0.0/16"};
    settings.subnet_size = 26;
    settings.task_history = 3;
    settings.autolock = true;
    settings.availability = NodeAvailability::drain;
    const Step step = only_step(scene);
    const auto* const init = std::get_if<InitSwarm>(&step.operation);
    ASSERT_NE(init, nullptr);
    EXPECT_EQ(init->advertise, "10.0.0.4");
    EXPECT_EQ(init->listen, "0.0.0.0:2377");
    EXPECT_EQ(init->data_path, "10.1.0.4");
    EXPECT_EQ(init->data_path_port, 7777);
    EXPECT_THAT(init->address_pools, ElementsAre("10.20.0.0/16"));
    EXPECT_EQ(init->subnet_size, 26U);
    EXPECT_EQ(init->task_history, 3);
    EXPECT_TRUE(init->autolock);
    EXPECT_EQ(init->availability, NodeAvailability::drain);
    EXPECT_FALSE(init->force_new_cluster);
}

TEST(SwarmMembership, JoinsWithTheTokenOfItsRole) {
    for (const char* const own : {"10.0.0.9", "10.0.0.5"}) {
        SwarmScene scene;
        scene.set_address(own);
        scene.give_tokens();
        scene.desired.settings.availability = NodeAvailability::pause;
        scene.observed.answering = {manager_at("10.0.0.6")};
        const Step step = only_step(scene);
        const auto* const join = std::get_if<JoinSwarm>(&step.operation);
        ASSERT_NE(join, nullptr);
        const bool is_manager = own == std::string("10.0.0.5");
        EXPECT_EQ(join->manager, manager_at("10.0.0.6"));
        EXPECT_EQ(join->token, swarm_token('c', is_manager ? 'm' : 'w'));
        EXPECT_EQ(join->role, is_manager ? SwarmRole::manager : SwarmRole::worker);
        EXPECT_EQ(join->advertise, own);
        EXPECT_EQ(join->listen, "0.0.0.0:2377");
        EXPECT_EQ(join->data_path, "");
        EXPECT_EQ(join->availability, NodeAvailability::pause);
    }
}

TEST(SwarmMembership, LooksAgainWhileTheEngineJoins) {
    SwarmScene scene;
    scene.observed.state = LocalNodeState::pending;
    const SwarmPlan made = scene.plan();
    ASSERT_EQ(made.plan.held.size(), 1U);
    EXPECT_EQ(made.plan.held[0].until, SteadyTime{} + 10s);
}

TEST(SwarmMembership, GivesUpAJoinAlsoAfterTheClockWasSetBack) {
    SwarmScene scene;
    scene.observed.state = LocalNodeState::pending;
    scene.history.record.doing = SwarmRecord::Doing::join;
    for (const auto lasted : {-2h, 2h}) {
        scene.history.record.doing_since = swarm_noon - lasted;
        const Step step = only_step(scene);
        const auto* const leave = std::get_if<LeaveSwarm>(&step.operation);
        EXPECT_TRUE(leave != nullptr && leave->force);
    }
}

/// Tokens and keys are in the operations alone.
TEST(SwarmMembership, ShowsNoSecret) {
    SwarmScene scene;
    scene.give_tokens();
    scene.observed.answering = {manager_at("10.0.0.5")};
    scene.desired.access.unlock_key = Secret("SWMKEY-1-x");
    for (const auto state : {LocalNodeState::inactive, LocalNodeState::locked, LocalNodeState::error}) {
        scene.observed.state = state;
        EXPECT_THAT(scene.text(), Not(AnyOf(HasSubstr("SWM"), HasSubstr("wwwww"), HasSubstr("ccccc"))));
    }
}

}  // namespace
}  // namespace dockerext::plan
