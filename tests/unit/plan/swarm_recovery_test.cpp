#include "plan/swarm_recovery.hpp"

#include "swarm_scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using test::manager_at;
using test::SwarmScene;
using testing::HasSubstr;

/// Why nothing is recovered; "" if something is.
std::string refusal_in(const SwarmScene& scene) {
    const auto recovery = swarm_recovery(scene.desired, scene.observed);
    return recovery ? "" : recovery.error().message();
}

SwarmScene without_quorum() {
    SwarmScene scene;
    scene.set_address("10.0.0.4");
    scene.become_manager(3, 1);
    scene.observed.nodes.reset();
    scene.observed.nodes_error = "the swarm has no leader";
    return scene;
}

TEST(SwarmRecovery, AManagerWithoutAQuorumBecomesTheOnlyOne) {
    const SwarmScene scene = without_quorum();
    const auto recovery = swarm_recovery(scene.desired, scene.observed);
    ASSERT_TRUE(recovery) << recovery.error().message();
    EXPECT_TRUE(recovery->force_new_cluster);
    EXPECT_EQ(recovery->advertise, "10.0.0.4");
}

TEST(SwarmRecovery, AMachineInNoSwarmFoundsANewOneEvenWithTokens) {
    SwarmScene scene;
    scene.set_address("10.0.0.4");
    scene.give_tokens();
    scene.history.record.had_tokens = true;
    const auto recovery = swarm_recovery(scene.desired, scene.observed);
    ASSERT_TRUE(recovery) << recovery.error().message();
    EXPECT_FALSE(recovery->force_new_cluster);
}

TEST(SwarmRecovery, IsRefusedWhereItWouldHarm) {
    SwarmScene works;
    works.set_address("10.0.0.4");
    works.become_manager(3, 1);
    EXPECT_THAT(refusal_in(works), HasSubstr("the swarm works"));
    SwarmScene worker;
    worker.become_worker();
    EXPECT_THAT(refusal_in(worker), HasSubstr("only a manager has the swarm's data"));
    SwarmScene others;
    others.set_address("10.0.0.4");
    others.observed.answering = {manager_at("10.0.0.5")};
    EXPECT_THAT(refusal_in(others), HasSubstr("a manager answers at 10.0.0.5:2377"));
    SwarmScene locked;
    locked.observed.state = LocalNodeState::locked;
    EXPECT_THAT(refusal_in(locked), HasSubstr("unlock it first"));
}

TEST(SwarmRecovery, IsRefusedForASwarmThatMayBeLocked) {
    SwarmScene autolock = without_quorum();
    autolock.desired.settings.autolock = true;
    EXPECT_THAT(refusal_in(autolock), HasSubstr("cannot recover a swarm that is locked"));
    SwarmScene key = without_quorum();
    key.desired.access.unlock_key = Secret("SWMKEY-1-x");
    EXPECT_THAT(refusal_in(key), HasSubstr("cannot recover a swarm that is locked"));
}

}  // namespace
}  // namespace dockerext::plan
