#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

struct HooksTest : FailureLedgerTest {
    static constexpr const char* code = "it exited with code 4";

    /// A plan with a start and its hooks.
    Plan start(unsigned hooks = 2) const {
        Plan plan = one_step(StartContainer{id});
        for (; hooks > 0; --hooks) plan.steps.push_back(hook());
        return plan;
    }
    Step hook() const {
        Step step = one_step(RunHook{.container = id, .hook = {}}).steps.front();
        step.reason = "post_start hook 'x'";
        return step;
    }
    void ends(const Step& step, std::optional<Error> error = {}) {
        ledger.record({.step = step, .error = std::move(error), .container = id}, now, wall);
    }
    void fails(const Step& step) { ends(step, Error(ErrorKind::unavailable, code)); }
    const PendingHooks* pending() const {
        const auto found = ledger.history().pending_hooks.find(subject_of(web));
        return found == ledger.history().pending_hooks.end() ? nullptr : &found->second;
    }
};

TEST_F(HooksTest, ArePendingFromTheStartUntilTheySucceed) {
    ledger.plan_started(start());
    EXPECT_EQ(pending()->count, 2U);
    ends(start().steps[0]);
    EXPECT_EQ(pending()->container, id);
    ends(hook());
    EXPECT_EQ(pending()->count, 1U);
    ends(hook());
    EXPECT_EQ(pending(), nullptr);
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(HooksTest, ThatFailBackOffAndAreRetriedFromThere) {
    ledger.plan_started(start());
    ends(start().steps[0]);
    ends(hook());
    fails(hook());
    EXPECT_EQ(pending()->count, 1U);
    EXPECT_EQ(pending()->failure, "post_start hook 'x': it exited with code 4");
    EXPECT_EQ(failure_record()->last_error, pending()->failure);
    EXPECT_EQ(wait(), 1s);
    ledger.plan_started({{hook()}, {}});
    fails(hook());
    EXPECT_EQ(wait(), 2s);
    ledger.plan_started({{hook()}, {}});
    ends(hook());
    EXPECT_EQ(pending(), nullptr);
}

TEST_F(HooksTest, ThatWereNotReachedStayPendingAcrossADaemonRestart) {
    ledger.plan_started(start());
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    EXPECT_EQ(next.history().pending_hooks.at(subject_of(web)).count, 2U);
    ledger.record({.step = hook(), .skipped = true}, now, wall);
    ends(hook(), Error(ErrorKind::cancelled, ""));
    EXPECT_EQ(pending()->count, 2U);
    EXPECT_EQ(pending()->failure, "");
}

TEST_F(HooksTest, AreAllPendingForAnotherRunOrOtherSettings) {
    ledger.plan_started(start());
    for (const Step& step : {start().steps[0], hook()}) ends(step);
    fails(hook());
    run_since(wall);
    EXPECT_EQ(pending()->count, 1U);
    run_since(wall + 1min);
    EXPECT_EQ(pending()->count, PendingHooks::all);
    ledger.plan_started({{hook(), hook()}, {}});
    ledger.new_settings();
    ends(hook());  // a hook of the old settings
    EXPECT_EQ(pending()->count, PendingHooks::all);
    EXPECT_EQ(pending()->failure, "");
    ends(hook());
    ledger.plan_started({{hook()}, {}});
    ends(hook());
    EXPECT_EQ(pending(), nullptr);
}

TEST_F(HooksTest, AreNotPendingAfterAStartWithoutHooks) {
    end(start(), Error(ErrorKind::unavailable, code));
    EXPECT_EQ(pending()->count, 2U);
    end(start(0));
    EXPECT_EQ(pending(), nullptr);
}

TEST_F(HooksTest, AreNotPendingOnceTheContainerIsGone) {
    container();
    ledger.plan_started(start());
    for (const Step& step : start().steps) fails(step);
    take_snapshot();
    EXPECT_EQ(pending()->count, 2U);
    observed.containers.clear();
    take_snapshot();
    EXPECT_EQ(pending(), nullptr);
}

TEST_F(HooksTest, ThatFailMarkASuccessorAsFailedOnce) {
    ledger.plan_started(start());
    ends(start().steps[0]);
    fails(hook());
    become_successor();
    run_since(wall);
    EXPECT_EQ(ledger.history().failed_successors.at(id),
              "failed: post_start hook 'x': it exited with code 4");
    EXPECT_EQ(ledger.history().failed_rollouts.at(subject_of(web)).attempts, 1U);
    EXPECT_EQ(failure_record()->failures, 1U);
}

}  // namespace
}  // namespace dockerext::reconcile
