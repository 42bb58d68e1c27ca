#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

struct UnprovenTest : FailureLedgerTest {
    bool is_unproven() const { return ledger.history().unproven.contains(id); }
    const UnprovenRun& run() const { return ledger.history().unproven.at(id); }
};

TEST_F(UnprovenTest, IsARunOfOursUntilItHasHeld) {
    end(one_step(StartContainer{id}));
    run_since(wall);
    EXPECT_EQ(run().proven_at - now, 10s);
    now += 9s;
    look();
    EXPECT_TRUE(is_unproven());
    now += 1s;
    look();
    EXPECT_FALSE(is_unproven());
}

TEST_F(UnprovenTest, HoldsAfterTheTimeThatTheSettingsSay) {
    desired.policy.monitor = 0s;
    end(one_step(StartContainer{id}));
    run_since(wall);
    EXPECT_FALSE(is_unproven());
    desired.policy.monitor = 1min;
    end(one_step(StartContainer{id}));
    look();
    EXPECT_EQ(run().needed, 1min);
}

TEST_F(UnprovenTest, HoldsAfterTheTimeThatItsServiceSays) {
    desired.policy.monitor = 1min;
    desired.project.services.at(web.service).monitor = 3s;
    end(one_step(StartContainer{id}));
    run_since(wall);
    EXPECT_EQ(run().needed, 3s);
    EXPECT_EQ(run().proven_at - now, 3s);
    now += 3s;
    look();
    EXPECT_FALSE(is_unproven());
    desired.project.services.at(web.service).monitor = 0s;
    end(one_step(StartContainer{id}));
    run_since(wall + 1s);
    EXPECT_FALSE(is_unproven());
}

TEST_F(UnprovenTest, IsNothingThatOthersStartedOrThatWasFound) {
    run_since(wall);
    EXPECT_FALSE(is_unproven());
    run_since(wall + 1min);
    EXPECT_FALSE(is_unproven());
}

TEST_F(UnprovenTest, StaysSoUntilItIsHealthy) {
    end(one_step(StartContainer{id}));
    container().health = Health::starting;
    run_since(wall);
    now += 1min;
    look();
    EXPECT_TRUE(is_unproven());
    container().health = Health::healthy;
    look();
    EXPECT_FALSE(is_unproven());
}

TEST_F(UnprovenTest, IsWhatTheEngineRestartsAndWhyIsTold) {
    run_since(wall);
    container().state = ContainerState::restarting;
    container().exit_code = 3;
    container().restart_count = 1;
    look();
    EXPECT_EQ(run().last_end, "keeps exiting (exit code 3); the engine restarts it");
    container().exit_code = 0;
    run_since(wall + 1s);
    now += 9s;
    engine::Event died = event("die");
    died.attributes["exitCode"] = "4";
    ledger.heard(died);
    ledger.heard(event("start"));
    container().restart_count = 2;
    run_since(wall + 9s);
    EXPECT_EQ(run().last_end, "keeps exiting (exit code 4); the engine restarts it");
    EXPECT_EQ(run().proven_at - now, 10s);
}

TEST_F(UnprovenTest, IsARunOfWhatHasFailedLately) {
    run_since(wall);
    end_at(wall + 1s, 3);
    run_since(wall + 2s);
    EXPECT_TRUE(is_unproven());
}

TEST_F(UnprovenTest, IsASuccessorThatAnotherProcessHasStarted) {
    become_successor();
    run_since(wall);
    now += 9s;
    look();
    state::Memory memory;
    ledger.save_to(memory);
    FailureLedger next([] { return 0.5; });
    next.restore(memory);
    next.snapshot_begun();
    next.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(next.history().unproven.contains(id));
    now += 1s;
    look();
    EXPECT_FALSE(is_unproven());
    look();
    EXPECT_FALSE(is_unproven());
}

}  // namespace
}  // namespace dockerext::reconcile
