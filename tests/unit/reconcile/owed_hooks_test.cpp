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
    const OwedHooks* owed() const {
        const auto found = ledger.history().owed_hooks.find(subject_of(web));
        return found == ledger.history().owed_hooks.end() ? nullptr : &found->second;
    }
};

TEST_F(HooksTest, AreOwedFromTheirStartOnUntilTheyHaveSucceeded) {
    ledger.planned(start());
    EXPECT_EQ(owed()->count, 2U);
    ends(start().steps[0]);
    EXPECT_EQ(owed()->container, id);
    ends(hook());
    EXPECT_EQ(owed()->count, 1U);
    ends(hook());
    EXPECT_EQ(owed(), nullptr);
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(HooksTest, ThatFailAreTroubleAndAreTriedAgainFromThere) {
    ledger.planned(start());
    ends(start().steps[0]);
    ends(hook());
    fails(hook());
    EXPECT_EQ(owed()->count, 1U);
    EXPECT_EQ(owed()->failure, "post_start hook 'x': it exited with code 4");
    EXPECT_EQ(trouble()->last_error, owed()->failure);
    EXPECT_EQ(wait(), 1s);
    ledger.planned({{hook()}, {}});
    fails(hook());
    EXPECT_EQ(wait(), 2s);
    ledger.planned({{hook()}, {}});
    ends(hook());
    EXPECT_EQ(owed(), nullptr);
}

TEST_F(HooksTest, ThatWereNotReachedStayOwedAcrossARestartOfTheDaemon) {
    ledger.planned(start());
    state::Memory memory;
    ledger.save_to(memory);
    FailureLedger next([] { return 0.5; });
    next.restore(memory);
    EXPECT_EQ(next.history().owed_hooks.at(subject_of(web)).count, 2U);
    ledger.record({.step = hook(), .skipped = true}, now, wall);
    ends(hook(), Error(ErrorKind::cancelled, ""));
    EXPECT_EQ(owed()->count, 2U);
    EXPECT_EQ(owed()->failure, "");
}

TEST_F(HooksTest, AreAllOwedToAnotherRunAndToOtherSettings) {
    ledger.planned(start());
    for (const Step& step : {start().steps[0], hook()}) ends(step);
    fails(hook());
    run_since(wall);
    EXPECT_EQ(owed()->count, 1U);
    run_since(wall + 1min);
    EXPECT_EQ(owed()->count, OwedHooks::all);
    ledger.planned({{hook(), hook()}, {}});
    ledger.new_settings();
    ends(hook());  // a hook of the old settings
    EXPECT_EQ(owed()->count, OwedHooks::all);
    EXPECT_EQ(owed()->failure, "");
    ends(hook());
    ledger.planned({{hook()}, {}});
    ends(hook());
    EXPECT_EQ(owed(), nullptr);
}

TEST_F(HooksTest, AreOwedToNobodyAfterAStartThatHasNone) {
    end(start(), Error(ErrorKind::unavailable, code));
    EXPECT_EQ(owed()->count, 2U);
    end(start(0));
    EXPECT_EQ(owed(), nullptr);
}

TEST_F(HooksTest, AreOwedToNobodyOnceTheContainerIsGone) {
    container();
    ledger.planned(start());
    for (const Step& step : start().steps) fails(step);
    look();
    EXPECT_EQ(owed()->count, 2U);
    observed.containers.clear();
    look();
    EXPECT_EQ(owed(), nullptr);
}

TEST_F(HooksTest, ThatFailCondemnASuccessorWithoutBeingCountedTwice) {
    ledger.planned(start());
    ends(start().steps[0]);
    fails(hook());
    become_successor();
    run_since(wall);
    EXPECT_EQ(ledger.history().failed_successors.at(id),
              "failed: post_start hook 'x': it exited with code 4");
    EXPECT_EQ(ledger.history().failed_rollouts.at(subject_of(web)), 1U);
    EXPECT_EQ(trouble()->failures, 1U);
}

}  // namespace
}  // namespace dockerext::reconcile
