// What was repaired, and whether the repair has lasted.
#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

TEST_F(FailureLedgerTest, ForgetsFailuresAfterTenHealthyMinutes) {
    end(one_step(StartContainer{id}), Error(ErrorKind::unavailable, "port is taken"));
    ASSERT_NE(failure_record(), nullptr);
    EXPECT_EQ(failure_record()->last_error, "start: port is taken");
    now += 20min;
    EXPECT_FALSE(judge_repeats(one_step(StartContainer{id})));
    EXPECT_NE(failure_record(), nullptr);  // so long without a failure, but never healthy
    run_since(wall);
    EXPECT_FALSE(judge_repeats({}));  // its run is still unproven
    now += 9s;
    take_snapshot();
    EXPECT_FALSE(judge_repeats({}));
    now += 1s;
    take_snapshot();
    EXPECT_FALSE(judge_repeats({}));
    now += 9min;
    EXPECT_FALSE(judge_repeats({}));
    EXPECT_NE(failure_record(), nullptr);
    now += 1min;
    EXPECT_FALSE(judge_repeats({}));
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(FailureLedgerTest, CountsRecreationsForAFieldUntilItStaysCorrect) {
    const Plan plan = recreation({"labels.x", "1", "2"});
    const auto times = [&] { return ledger.history().repair_counts.at(subject_of(web)).at("labels.x"); };
    end(plan);
    EXPECT_FALSE(judge_repeats({}));
    now += 5s;
    EXPECT_TRUE(judge_repeats(plan));
    end(plan);
    EXPECT_EQ(times(), 2U);
    EXPECT_FALSE(judge_repeats({}));
    now += 9s;
    EXPECT_FALSE(judge_repeats({}));
    EXPECT_EQ(times(), 2U);
    now += 1s;
    EXPECT_FALSE(judge_repeats({}));
    EXPECT_TRUE(ledger.history().repair_counts.empty());
}

TEST_F(FailureLedgerTest, ANewerImageSoonAfterARepairIsNoFailure) {
    end(recreation({"image", "app:1 (1)", "app:1 (2)"}));
    EXPECT_FALSE(judge_repeats({}));
    now += 3min;
    EXPECT_FALSE(judge_repeats(recreation({"image", "app:1 (2)", "app:1 (3)"})));
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(FailureLedgerTest, CountsRepairsInPlaceOnceAPlan) {
    Plan plan = one_step(DisconnectNetwork{id, {"demo_default"}});
    plan.steps.push_back(one_step(ConnectNetwork{id, {"demo_default"}, {}}).steps.front());
    for (Step& step : plan.steps) step.changes = {{"networks.demo_default", "a", "b"}};
    end(plan);
    EXPECT_EQ(ledger.history().repair_counts.at(subject_of(web)).at("networks.demo_default"), 1U);
    end(plan, Error(ErrorKind::unavailable, "no"));
    EXPECT_EQ(ledger.history().repair_counts.at(subject_of(web)).at("networks.demo_default"), 1U);
    take_snapshot();
    Plan other = one_step(UpdateContainer{.container = id});
    other.steps[0].changes = {{"mem_limit", "1m", "2m"}};
    (void)ledger.check_repairs(other, now, wall);  // the network no longer differs
    EXPECT_TRUE(ledger.history().repair_counts.empty());
}

TEST_F(FailureLedgerTest, RemembersRepairsOfFrozenOrHeldSubjects) {
    Plan plan = one_step(RenameContainer{id, {"demo-web-1"}});
    plan.steps[0].changes = {{"name", "a", "b"}};
    end(plan);
    take_snapshot();
    for (const Held::Why why : {Held::Why::frozen, Held::Why::backoff}) {
        (void)ledger.check_repairs({{}, {{subject_of(web), ServiceName{"web"}, why, "", {}}}}, now, wall);
        EXPECT_EQ(ledger.history().repair_counts.size(), 1U);
    }
    (void)ledger.check_repairs({{}, {{subject_of(web), ServiceName{"web"}, Held::Why::policy, "", {}}}}, now,
                               wall);
    EXPECT_TRUE(ledger.history().repair_counts.empty());
}

TEST_F(FailureLedgerTest, DoesNotCountARecreationWithAnAbandonedSuccessor) {
    end(recreation({"healthcheck", "CMD true", "CMD false"}));
    become_successor();
    container().health = Health::unhealthy;
    run_since(wall);
    EXPECT_EQ(ledger.history().failed_rollouts.at(subject_of(web)).attempts, 1U);
    EXPECT_TRUE(ledger.history().repair_counts.empty());
}

struct RepairTest : FailureLedgerTest {
    Plan repair() const {
        Plan plan = one_step(ConnectNetwork{id, {"demo_default"}, {}});
        plan.steps[0].changes = {{"networks.demo_default", "not connected", "as the settings say"}};
        return plan;
    }
};

TEST_F(RepairTest, RevertedWithinTenMinutesBacksOff) {
    for (const auto& wait_for : {1s, 2s, 4s, 8s}) {
        EXPECT_FALSE(judge_repeats(repair()));
        end(repair());
        EXPECT_FALSE(judge_repeats({}));
        now += 3s;
        EXPECT_TRUE(judge_repeats(repair()));
        EXPECT_EQ(wait(), wait_for);
        EXPECT_EQ(failure_record()->last_error, "undone 3 s after its repair (networks.demo_default)");
        now += wait_for;
    }
}

TEST_F(RepairTest, RevertedBeforeASnapshotCountsToo) {
    end(repair());
    EXPECT_TRUE(judge_repeats(repair()));
    EXPECT_EQ(wait(), 1s);
}

TEST_F(RepairTest, RevertedAfterTenSecondsIsRepeatedAtOnceTheFirstTime) {
    end(repair());
    now += 10s;
    EXPECT_FALSE(judge_repeats(repair()));
    EXPECT_EQ(failure_record()->failures, 1U);
    end(repair());
    now += 10s;
    EXPECT_TRUE(judge_repeats(repair()));
    EXPECT_EQ(wait(), 1s);
}

TEST_F(RepairTest, RevertedAfterTenMinutesDoesNotCount) {
    end(repair());
    EXPECT_FALSE(judge_repeats({}));
    now += 10min;
    EXPECT_FALSE(judge_repeats(repair()));
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(RepairTest, RevertedInTurnByTwoDaemonsIsDampedWithinSeconds) {
    unsigned repairs = 0;
    for (const SteadyTime deadline = now + 20s; now < deadline; now += 10ms) {
        const bool waits = failure_record() != nullptr && failure_record()->next_attempt > now;
        if (waits || judge_repeats(repair())) continue;
        end(repair());
        ++repairs;
    }
    EXPECT_LE(repairs, 6U);
}

TEST_F(RepairTest, RevertedByAForeignRemovalCountsByItsKind) {
    const Plan make = one_step(CreateContainer{});
    end(make);
    EXPECT_TRUE(judge_repeats(make));
    EXPECT_EQ(failure_record()->last_error, "undone 0 s after its repair (removed)");
}

TEST_F(RepairTest, IsNotRevertedByItsRemainingStepsOrOwnNetworks) {
    Plan rest = one_step(RemoveContainer{id});
    rest.steps.push_back(one_step(RenameContainer{id, {"demo-web-1"}}).steps.front());
    rest.steps.back().changes = {{"name", "a", "b"}};
    end(recreation({"labels.x", "1", "2"}));
    EXPECT_FALSE(judge_repeats(rest));
    end(rest);
    EXPECT_EQ(failure_record(), nullptr);
    container();
    take_snapshot();
    end(repair());
    Plan anew = one_step(DisconnectNetwork{id, {"demo_default"}});
    anew.steps[0].subject = subject_of(NetworkName{"demo_default"});
    end(anew);
    EXPECT_FALSE(judge_repeats(repair()));
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(RepairTest, IsNotRevertedByAStoppedEngine) {
    Plan start = one_step(StartContainer{id});
    start.steps[0].changes = {{"state", "exited", "running"}};
    run_since(wall);
    end(start);
    container().state = ContainerState::exited;
    ledger.mark_unseen_ends_interrupted();
    EXPECT_FALSE(judge_repeats(start));
    EXPECT_EQ(failure_record(), nullptr);
}

}  // namespace
}  // namespace dockerext::reconcile
