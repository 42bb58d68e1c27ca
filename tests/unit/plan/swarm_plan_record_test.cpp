// What a plan remembers: the record that is on disk before its first step.
#include "plan/swarm_planner.hpp"

#include "swarm_scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::manager_at;
using test::swarm_noon;
using test::SwarmScene;
using testing::ElementsAre;
using testing::Pair;

TEST(SwarmPlanRecord, SaysWhatIsBegunAndThatThereWereTokens) {
    SwarmScene scene;
    scene.give_tokens();
    EXPECT_EQ(scene.plan().record, (SwarmRecord{.had_tokens = true})) << "no manager answers";
    EXPECT_TRUE(scene.plan().nobody_answers);
    scene.observed.answering = {manager_at("10.0.0.5")};
    const SwarmRecord joining{
        .had_tokens = true, .doing = SwarmRecord::Doing::join, .doing_since = swarm_noon};
    EXPECT_EQ(scene.plan().record, joining);
    EXPECT_FALSE(scene.plan().nobody_answers);

    SwarmScene first;
    first.set_address("10.0.0.4");
    const SwarmRecord initializing{.doing = SwarmRecord::Doing::init, .doing_since = swarm_noon};
    EXPECT_EQ(first.plan().record, initializing);
    first.history.record = initializing;
    first.observed.state = LocalNodeState::pending;
    EXPECT_EQ(first.plan().record, initializing);
    EXPECT_TRUE(first.plan().plan.steps.empty());
    first.observed.state = LocalNodeState::inactive;
    first.observed.answering = {manager_at("10.0.0.5")};
    EXPECT_EQ(first.plan().record, SwarmRecord{}) << "it has ended without success";
}

TEST(SwarmPlanRecord, TakesAMembershipAsOurs) {
    SwarmScene scene;
    scene.become_manager(1, 0);
    scene.history.record = {.had_tokens = true, .doing = SwarmRecord::Doing::init, .doing_since = swarm_noon};
    const SwarmRecord adopted{.cluster = "cluster", .node = "own", .had_tokens = true};
    EXPECT_EQ(scene.plan().record, adopted);
    scene.history.record.cluster = "former";
    EXPECT_EQ(scene.plan().record, adopted) << "what it has begun may lead into another swarm";

    scene.become_worker();
    scene.observed.manager = false;
    scene.observed.cluster.reset();
    scene.history.record = adopted;
    EXPECT_EQ(scene.plan().record, adopted) << "a worker does not see the swarm's id";
    scene.history.record.doing = SwarmRecord::Doing::join;
    EXPECT_EQ(scene.plan().record, (SwarmRecord{.node = "own", .had_tokens = true}));
}

TEST(SwarmPlanRecord, StaysAsItIsInAnotherSwarm) {
    SwarmScene scene;
    scene.become_manager(1, 0);
    scene.history.record.cluster = "former";
    EXPECT_EQ(scene.plan().record, scene.history.record);
}

TEST(SwarmPlanRecord, SaysWhichLabelsAreOurs) {
    SwarmScene scene;
    scene.become_manager(1, 0);
    scene.desired.settings.labels = {{"zone", "1"}, {"present", "x"}};
    scene.node("own").labels = {{"present", "x"}, {"old", "x"}, {"foreign", "x"}};
    scene.history.record.labels = {"old", "gone"};
    const SwarmPlan made = scene.plan();
    const auto* const update = std::get_if<UpdateNode>(&made.plan.steps.at(0).operation);
    ASSERT_NE(update, nullptr);
    EXPECT_EQ(update->id, "own");
    EXPECT_THAT(update->labels, ElementsAre(Pair("zone", "1")));
    EXPECT_THAT(update->removed_labels, ElementsAre("old"));
    EXPECT_FALSE(update->role || update->availability);
    EXPECT_THAT(made.record.labels, ElementsAre("old", "zone")) << "on disk before the step";
}

TEST(SwarmPlanRecord, SaysOfTheLeaderSinceWhenNodesAreDown) {
    SwarmScene scene;
    scene.become_manager(2, 5);
    for (const char* id : {"w1", "w2"}) scene.node(id).state = NodeState::down;
    for (const char* id : {"w3", "w4"}) scene.node(id).state = NodeState::unknown;
    const WallTime before = swarm_noon - 2h;
    scene.history.record.down_since = {{"w2", before}, {"w4", before}, {"w5", before}, {"gone", before}};
    EXPECT_THAT(scene.plan().record.down_since,
                ElementsAre(Pair("w1", swarm_noon), Pair("w2", before), Pair("w4", before)));
    for (ObservedNode& node : *scene.observed.nodes) node.leader = node.id == "m2";
    EXPECT_TRUE(scene.plan().record.down_since.empty()) << "it does not lead";
    scene.observed.nodes.reset();
    EXPECT_EQ(scene.plan().record.down_since.size(), 4U) << "it may still lead";
}

}  // namespace
}  // namespace dockerext::plan
