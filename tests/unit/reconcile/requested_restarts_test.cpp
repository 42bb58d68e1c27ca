#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

struct DependentTest : FailureLedgerTest {
    DependentTest() {
        desired.project.services[{"db"}].name = {"db"};
        desired.project.services[{"web"}].depends_on[{"db"}] = {.condition = DependencyCondition::healthy,
                                                                .restart = true};
        run_since(wall);
        see_db(old, wall);
    }
    void see_db(const ContainerId& which, WallTime start, Health health = Health::healthy) {
        ObservedContainer& db = observed.containers[which];
        db.id = which;
        db.slot = {{"db"}, 1};
        db.state = ContainerState::running;
        db.started_at = start;
        db.health = health;
        take_snapshot();
    }
    Plan recreation_of_db() const {
        CreateContainer create;
        create.spec.labels[std::string(labels::replace)] = "db-1";
        Plan plan = one_step(create);
        plan.steps.push_back(one_step(StartContainer{StepId{0}}).steps.front());
        plan.steps.push_back(one_step(RemoveContainer{old}).steps.front());
        plan.steps.back().waits_for = "the new container to run";
        for (Step& step : plan.steps) {
            step.subject = subject_of(Slot{{"db"}, 1});
            step.service = ServiceName{"db"};
        }
        return plan;
    }
    const std::map<ContainerId, WallTime>& wanted() const { return ledger.history().pending_restarts; }

    const ContainerId old{std::string(64, 'c')}, made{std::string(64, 'd')};
};

TEST_F(DependentTest, IsRestartedWhenTheNewContainerIsHealthyAndOnlyOnce) {
    ledger.plan_started(recreation_of_db());
    for (const Step& step : recreation_of_db().steps) {
        if (step.waits_for.empty()) ledger.record({.step = step, .container = made}, now, wall);
    }
    see_db(made, wall + 1s, Health::starting);
    EXPECT_TRUE(wanted().empty());
    see_db(made, wall + 1s);
    EXPECT_EQ(wanted(), (std::map<ContainerId, WallTime>{{id, wall + 1s}}));
    end(one_step(RestartContainer{.container = id, .cause_started_at = wall + 1s}));
    take_snapshot();
    EXPECT_TRUE(wanted().empty());  // even if the clock makes the start look older
    EXPECT_TRUE(ledger.history().recreated.empty());
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(DependentTest, IsRestartedByAnotherProcessToo) {
    ledger.plan_started(recreation_of_db());
    state::DaemonState saved;
    ledger.save_to(saved);  // as before the start; then the daemon is killed
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    see_db(made, wall + 1s);
    next.snapshot_begun();
    next.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(next.history().pending_restarts.contains(id));
}

TEST_F(DependentTest, IsNotRestartedWhenTheOldContainerStays) {
    ledger.plan_started(recreation_of_db());
    for (const Step& step : recreation_of_db().steps) {
        if (step.waits_for.empty())
            ledger.record({.step = step, .error = Error(ErrorKind::unavailable, "no")}, now, wall);
    }
    take_snapshot();
    EXPECT_TRUE(ledger.history().recreated.empty());
    EXPECT_TRUE(wanted().empty());
}

TEST_F(FailureLedgerTest, KeepsWhatSomebodyAskedToRestartWhileTheContainerIsUnknown) {
    run_since(wall);
    const auto container = observed.containers.extract(id);
    const Subject subject = subject_of(container.mapped().slot);
    observed.unknown.emplace(subject, Unknown{Error(ErrorKind::timeout, "no answer"), wall});
    ledger.ask_restart({{"web"}}, wall + 1s);
    take_snapshot();
    EXPECT_TRUE(ledger.history().asked_restarts.contains({"web"}));
    observed.unknown.clear();
    observed.containers[id] = container.mapped();
    take_snapshot();
    EXPECT_TRUE(ledger.history().pending_restarts.contains(id));
}

TEST_F(FailureLedgerTest, RestartsOnceWhatSomebodyAskedToRestart) {
    const auto& wanted = ledger.history().pending_restarts;
    run_since(wall);
    ledger.ask_restart({{"web"}, {"absent"}}, wall + 1s);
    take_snapshot();
    EXPECT_EQ(wanted, (std::map<ContainerId, WallTime>{{id, wall + 1s}}));
    EXPECT_EQ(ledger.history().asked_restarts, (std::map<ServiceName, WallTime>{{{"web"}, wall + 1s}}));
    end(one_step(RestartContainer{.container = id, .cause_started_at = wall + 1s}));
    take_snapshot();
    EXPECT_TRUE(wanted.empty());  // even if the clock makes the start look older
    EXPECT_TRUE(ledger.history().asked_restarts.empty());
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(FailureLedgerTest, AnotherProcessKnowsWhatSomebodyAskedToRestart) {
    run_since(wall);
    ledger.ask_restart({{"web"}}, wall + 1s);
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    next.snapshot_begun();
    next.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(next.history().pending_restarts.contains(id));
}

TEST_F(FailureLedgerTest, AContainerThatStartedSinceIsNotRestarted) {
    run_since(wall + 2s);
    ledger.ask_restart({{"web"}}, wall + 1s);
    take_snapshot();
    EXPECT_TRUE(ledger.history().pending_restarts.empty());
    EXPECT_TRUE(ledger.history().asked_restarts.empty());
}

}  // namespace
}  // namespace dockerext::reconcile
