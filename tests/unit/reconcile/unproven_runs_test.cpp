#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

struct UnprovenTest : FailureLedgerTest {
    bool is_unproven() const { return ledger.history().unproven.contains(id); }
    const UnprovenRun& run() const { return ledger.history().unproven.at(id); }
};

TEST_F(UnprovenTest, IsARunWeStartedUntilItIsProven) {
    end(one_step(StartContainer{id}));
    run_since(wall);
    EXPECT_EQ(*run().proven_at() - now, 10s);
    now += 9s;
    take_snapshot();
    EXPECT_TRUE(is_unproven());
    EXPECT_FALSE(ledger.proven().contains(id));
    now += 1s;
    take_snapshot();
    EXPECT_FALSE(is_unproven());
    EXPECT_TRUE(ledger.proven().contains(id));
}

TEST_F(UnprovenTest, IsProvenAfterTheTimeInTheSettings) {
    desired.policy.monitor = 0s;
    end(one_step(StartContainer{id}));
    run_since(wall);
    EXPECT_FALSE(is_unproven());
    desired.policy.monitor = 1min;
    end(one_step(StartContainer{id}));
    take_snapshot();
    EXPECT_EQ(run().monitor, 1min);
}

TEST_F(UnprovenTest, IsProvenAfterTheTimeOfItsService) {
    desired.policy.monitor = 1min;
    desired.project.services.at(web.service).update.monitor = 3s;
    end(one_step(StartContainer{id}));
    run_since(wall);
    EXPECT_EQ(run().monitor, 3s);
    EXPECT_EQ(*run().proven_at() - now, 3s);
    now += 3s;
    take_snapshot();
    EXPECT_FALSE(is_unproven());
    desired.project.services.at(web.service).update.monitor = 0s;
    end(one_step(StartContainer{id}));
    run_since(wall + 1s);
    EXPECT_FALSE(is_unproven());
}

TEST_F(UnprovenTest, IsNoRunStartedByOthersOrFound) {
    run_since(wall);
    EXPECT_FALSE(is_unproven());
    run_since(wall + 1min);
    EXPECT_FALSE(is_unproven());
}

TEST_F(UnprovenTest, EndsOnlyWhenHealthy) {
    end(one_step(StartContainer{id}));
    container().health = Health::starting;
    run_since(wall);
    now += 1min;
    take_snapshot();
    EXPECT_TRUE(is_unproven());
    container().health = Health::healthy;
    take_snapshot();
    now += 9s;
    take_snapshot();
    EXPECT_TRUE(is_unproven()) << "healthy for 9 s";
    container().health = Health::unhealthy;
    take_snapshot();
    container().health = Health::healthy;
    take_snapshot();
    now += 9s;
    take_snapshot();
    EXPECT_TRUE(is_unproven()) << "healthy again for 9 s";
    now += 1s;
    take_snapshot();
    EXPECT_FALSE(is_unproven());
}

TEST_F(UnprovenTest, ASuccessorThatIsNeverHealthyHasFailed) {
    become_successor();
    container().health = Health::starting;
    container().spec.healthcheck = Healthcheck{.test = {"CMD", "true"}, .interval = 2min, .timeout = 1min};
    run_since(wall);
    now += 3 * 3min - 1s;
    take_snapshot();
    EXPECT_TRUE(ledger.history().failed_rollouts.empty());
    now += 1s;
    take_snapshot();
    EXPECT_EQ(ledger.history().failed_rollouts.at(subject_of(web)).error,
              "new container was not healthy in time (reconcile.rollout-deadline)");
}

TEST_F(UnprovenTest, IsARunRestartedByTheEngineWithItsReason) {
    run_since(wall);
    container().state = ContainerState::restarting;
    container().exit_code = 3;
    container().restart_count = 1;
    take_snapshot();
    EXPECT_EQ(run().previous_failure, "keeps exiting (exit code 3); the engine restarts it");
    container().exit_code = 0;
    run_since(wall + 1s);
    now += 9s;
    engine::Event die_event = event("die");
    die_event.attributes["exitCode"] = "4";
    ledger.event_received(die_event);
    ledger.event_received(event("start"));
    container().restart_count = 2;
    run_since(wall + 9s);
    EXPECT_EQ(run().previous_failure, "keeps exiting (exit code 4); the engine restarts it");
    EXPECT_EQ(*run().proven_at() - now, 10s);
}

TEST_F(UnprovenTest, IsARunAfterARecentFailure) {
    run_since(wall);
    end_at(wall + 1s, 3);
    run_since(wall + 2s);
    EXPECT_TRUE(is_unproven());
}

TEST_F(UnprovenTest, IsASuccessorStartedByAnotherProcess) {
    become_successor();
    run_since(wall);
    now += 9s;
    take_snapshot();
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    next.snapshot_begun();
    next.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(next.history().unproven.contains(id));
    now += 1s;
    take_snapshot();
    EXPECT_FALSE(is_unproven());
    take_snapshot();
    EXPECT_FALSE(is_unproven());
}

}  // namespace
}  // namespace dockerext::reconcile
