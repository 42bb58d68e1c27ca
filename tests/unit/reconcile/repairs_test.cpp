// What was repaired, and whether the repair has lasted.
#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

TEST_F(FailureLedgerTest, ForgetsWhatHasBeenWellForTenMinutes) {
    end(one_step(StartContainer{id}), Error(ErrorKind::unavailable, "port is taken"));
    ASSERT_NE(trouble(), nullptr);
    EXPECT_EQ(trouble()->last_error, "start: port is taken");
    now += 20min;
    EXPECT_FALSE(plan_is(one_step(StartContainer{id})));
    EXPECT_NE(trouble(), nullptr);  // so long without a failure, but never healthy
    run_since(wall);
    EXPECT_FALSE(plan_is({}));  // its run is still unproven
    now += 9s;
    look();
    EXPECT_FALSE(plan_is({}));
    now += 1s;
    look();
    EXPECT_FALSE(plan_is({}));
    now += 9min;
    EXPECT_FALSE(plan_is({}));
    EXPECT_NE(trouble(), nullptr);
    now += 1min;
    EXPECT_FALSE(plan_is({}));
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, CountsRecreationsForAFieldUntilItHasStayedRight) {
    const Plan plan = recreation({"labels.x", "1", "2"});
    const auto times = [&] { return ledger.history().repaired_for.at(subject_of(web)).at("labels.x"); };
    end(plan);
    EXPECT_FALSE(plan_is({}));
    now += 5s;
    EXPECT_TRUE(plan_is(plan));
    end(plan);
    EXPECT_EQ(times(), 2U);
    EXPECT_FALSE(plan_is({}));
    now += 9s;
    EXPECT_FALSE(plan_is({}));
    EXPECT_EQ(times(), 2U);
    now += 1s;
    EXPECT_FALSE(plan_is({}));
    EXPECT_TRUE(ledger.history().repaired_for.empty());
}

TEST_F(FailureLedgerTest, CountsRepairsInPlaceOnceAPlan) {
    Plan plan = one_step(DisconnectNetwork{id, {"demo_default"}});
    plan.steps.push_back(one_step(ConnectNetwork{id, {"demo_default"}, {}}).steps.front());
    for (Step& step : plan.steps) step.changes = {{"networks.demo_default", "a", "b"}};
    end(plan);
    EXPECT_EQ(ledger.history().repaired_for.at(subject_of(web)).at("networks.demo_default"), 1U);
    end(plan, Error(ErrorKind::unavailable, "no"));
    EXPECT_EQ(ledger.history().repaired_for.at(subject_of(web)).at("networks.demo_default"), 1U);
    look();
    Plan other = one_step(UpdateContainer{.container = id});
    other.steps[0].changes = {{"mem_limit", "1m", "2m"}};
    (void)ledger.judge(other, now, wall);  // the network no longer differs
    EXPECT_TRUE(ledger.history().repaired_for.empty());
}

TEST_F(FailureLedgerTest, RemembersRepairsOfWhatIsFrozenOrWaits) {
    Plan plan = one_step(RenameContainer{id, {"demo-web-1"}});
    plan.steps[0].changes = {{"name", "a", "b"}};
    end(plan);
    look();
    for (const Held::Why why : {Held::Why::frozen, Held::Why::backoff}) {
        (void)ledger.judge({{}, {{subject_of(web), ServiceName{"web"}, why, "", {}}}}, now, wall);
        EXPECT_EQ(ledger.history().repaired_for.size(), 1U);
    }
    (void)ledger.judge({{}, {{subject_of(web), ServiceName{"web"}, Held::Why::policy, "", {}}}}, now, wall);
    EXPECT_TRUE(ledger.history().repaired_for.empty());
}

TEST_F(FailureLedgerTest, DoesNotCountARecreationWhoseSuccessorIsGivenUp) {
    end(recreation({"healthcheck", "CMD true", "CMD false"}));
    become_successor();
    container().health = Health::unhealthy;
    run_since(wall);
    EXPECT_EQ(ledger.history().failed_rollouts.at(subject_of(web)), 1U);
    EXPECT_TRUE(ledger.history().repaired_for.empty());
}

struct RepairTest : FailureLedgerTest {
    Plan repair() const {
        Plan plan = one_step(ConnectNetwork{id, {"demo_default"}, {}});
        plan.steps[0].changes = {{"networks.demo_default", "not connected", "as the settings say"}};
        return plan;
    }
};

TEST_F(RepairTest, ThatIsUndoneWithinTenMinutesWaitsLongerEachTime) {
    for (const auto& wait_for : {1s, 2s, 4s, 8s}) {
        EXPECT_FALSE(plan_is(repair()));
        end(repair());
        EXPECT_FALSE(plan_is({}));
        now += 3s;
        EXPECT_TRUE(plan_is(repair()));
        EXPECT_EQ(wait(), wait_for);
        EXPECT_EQ(trouble()->last_error, "undone 3 s after its repair (networks.demo_default)");
        now += wait_for;
    }
}

TEST_F(RepairTest, ThatNoSnapshotHasShownIsUndoneToo) {
    end(repair());
    EXPECT_TRUE(plan_is(repair()));
    EXPECT_EQ(wait(), 1s);
}

TEST_F(RepairTest, ThatHasHeldTenSecondsIsRepeatedAtOnceTheFirstTime) {
    end(repair());
    now += 10s;
    EXPECT_FALSE(plan_is(repair()));
    EXPECT_EQ(trouble()->failures, 1U);
    end(repair());
    now += 10s;
    EXPECT_TRUE(plan_is(repair()));
    EXPECT_EQ(wait(), 1s);
}

TEST_F(RepairTest, ThatHasHeldTenMinutesIsAnotherMatter) {
    end(repair());
    EXPECT_FALSE(plan_is({}));
    now += 10min;
    EXPECT_FALSE(plan_is(repair()));
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(RepairTest, OfWhatTwoDaemonsUndoInTurnIsDampedWithinSeconds) {
    unsigned repairs = 0;
    for (const SteadyTime end_of_it = now + 20s; now < end_of_it; now += 10ms) {
        const bool waits = trouble() != nullptr && trouble()->next_attempt > now;
        if (waits || plan_is(repair())) continue;
        end(repair());
        ++repairs;
    }
    EXPECT_LE(repairs, 6U);
}

TEST_F(RepairTest, ThatAStrangerUndoesByRemovalIsSeenByItsKind) {
    const Plan make = one_step(CreateContainer{});
    end(make);
    EXPECT_TRUE(plan_is(make));
    EXPECT_EQ(trouble()->last_error, "undone 0 s after its repair (removed)");
}

TEST_F(RepairTest, IsNotUndoneByTheRestOfItsWorkNorByOurOwnNetworks) {
    Plan rest = one_step(RemoveContainer{id});
    rest.steps.push_back(one_step(RenameContainer{id, {"demo-web-1"}}).steps.front());
    rest.steps.back().changes = {{"name", "a", "b"}};
    end(recreation({"labels.x", "1", "2"}));
    EXPECT_FALSE(plan_is(rest));
    end(rest);
    EXPECT_EQ(trouble(), nullptr);
    container();
    look();
    end(repair());
    Plan anew = one_step(DisconnectNetwork{id, {"demo_default"}});
    anew.steps[0].subject = subject_of(NetworkName{"demo_default"});
    end(anew);
    EXPECT_FALSE(plan_is(repair()));
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(RepairTest, IsNotUndoneByAnEngineThatWentDown) {
    Plan start = one_step(StartContainer{id});
    start.steps[0].changes = {{"state", "exited", "running"}};
    run_since(wall);
    end(start);
    container().state = ContainerState::exited;
    ledger.mark_unseen_endings_cut_off();
    EXPECT_FALSE(plan_is(start));
    EXPECT_EQ(trouble(), nullptr);
}

}  // namespace
}  // namespace dockerext::reconcile
