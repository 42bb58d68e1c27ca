#include "reconcile/failure_ledger.hpp"

#include "model/labels.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;

const Slot web{{"web"}, 1};
const ContainerId id{std::string(64, 'a')};

struct FailureLedgerTest : testing::Test {
    FailureLedgerTest() { desired.project.services[{"web"}].name = {"web"}; }

    ObservedContainer& container() {
        ObservedContainer& seen = observed.containers[id];
        seen.id = id;
        seen.slot = web;
        if (seen.name.empty()) seen.name = {"demo-web-1"};
        return seen;
    }
    void run_since(WallTime start) {
        container().state = ContainerState::running;
        container().started_at = start;
        look();
    }
    void end_at(WallTime end, int code) {
        container().state = ContainerState::exited;
        container().finished_at = end;
        container().exit_code = code;
        look();
    }
    void look() {
        ledger.snapshot_begun();
        ledger.snapshot_taken(desired, observed, now, wall);
    }
    static engine::Event event(std::string action, std::string signal = "") {
        engine::Event event{.type = "container", .action = std::move(action), .id = id.value};
        if (!signal.empty()) event.attributes["signal"] = signal;
        return event;
    }
    const Trouble* trouble() const {
        const auto found = ledger.history().troubles.find(subject_of(web));
        return found == ledger.history().troubles.end() ? nullptr : &found->second;
    }
    Duration wait() const { return trouble()->next_attempt - now; }
    bool stopped_by_hand() const {
        const auto found = ledger.history().past.find(id);
        return found != ledger.history().past.end() && found->second.stopped_by_hand;
    }
    Plan one_step(Operation operation) const {
        return {
            {{.operation = std::move(operation), .subject = subject_of(web), .service = ServiceName{"web"}}},
            {}};
    }
    Plan recreation(Change change) const {
        CreateContainer create;
        create.spec.labels[std::string(labels::replace)] = "web-1";
        Plan plan = one_step(create);
        plan.steps[0].changes = {std::move(change)};
        plan.steps.push_back(one_step(StartContainer{StepId{0}}).steps.front());
        return plan;
    }
    void become_successor() {
        container().name = {std::string(12, 'b') + "_demo-web-1"};
        container().spec.labels[std::string(labels::replace)] = "web-1";
    }
    void end(const Plan& plan, std::optional<Error> error = {}) {
        ledger.planned(plan);
        for (const Step& step : plan.steps) ledger.record({.step = step, .error = error}, now, wall);
    }

    FailureLedger ledger{[] { return 0.5; }};
    Desired desired;
    Observed observed;
    SteadyTime now{1h};
    WallTime wall{1000h};
};

TEST_F(FailureLedgerTest, GivesAProperRunAnImmediateRestartAndThenWaitsLonger) {
    run_since(wall - 1min);
    end_at(wall, 1);
    EXPECT_EQ(wait(), 0s);
    run_since(wall + 1s);
    end_at(wall + 2s, 1);
    EXPECT_EQ(trouble()->failures, 2U);
    EXPECT_EQ(wait(), 2s);
    EXPECT_EQ(trouble()->last_error, "exited with code 1");
}

TEST_F(FailureLedgerTest, MakesTheFirstShortRunWaitASecond) {
    run_since(wall);
    end_at(wall + 1s, 3);
    EXPECT_EQ(wait(), 1s);
}

TEST_F(FailureLedgerTest, CountsOneEndingOnce) {
    run_since(wall);
    end_at(wall + 1s, 1);
    look();
    look();
    EXPECT_EQ(trouble()->failures, 1U);
}

TEST_F(FailureLedgerTest, CountsNoEndingThatIsNotAFailure) {
    run_since(wall);
    end_at(wall + 1s, 0);
    EXPECT_EQ(trouble(), nullptr);
    desired.project.services[{"web"}].restart_given = true;
    end_at(wall + 2s, 1);
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, ForgetsAfterTenMinutesWithoutFailure) {
    end(one_step(StartContainer{id}), Error(ErrorKind::unavailable, "port is taken"));
    ASSERT_NE(trouble(), nullptr);
    EXPECT_EQ(trouble()->last_error, "start: port is taken");
    now += 9min;
    look();
    EXPECT_NE(trouble(), nullptr);
    now += 2min;
    look();
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, AnImageNeedNotWaitOnceItsRegistryKnowsUs) {
    const auto next = [&](const ImageRef& image) {
        return ledger.history().troubles.at(subject_of(image)).next_attempt;
    };
    const ImageRef ours{"r.azurecr.io/app:1"}, other{"example.com/app:1"};
    for (const ImageRef& image : {ours, other})
        end({{{.operation = PullImage{image}, .subject = subject_of(image)}}, {}},
            Error(ErrorKind::unavailable, "unauthorized"));
    ledger.registry_knows_us("r.azurecr.io");
    EXPECT_EQ(next(ours), SteadyTime{});
    EXPECT_GT(next(other), now);
}

TEST_F(FailureLedgerTest, TellsAStopByHandFromAnEndingOfItsOwn) {
    run_since(wall);
    ledger.heard(event("die"));
    EXPECT_FALSE(stopped_by_hand());
    ledger.heard(event("kill", "1"));  // a reload
    EXPECT_FALSE(stopped_by_hand());
    ledger.heard(event("kill", "15"));
    EXPECT_TRUE(stopped_by_hand());
}

TEST_F(FailureLedgerTest, DoesNotTakeItsOwnStopForSomebodyElses) {
    run_since(wall);
    ledger.planned(one_step(StopContainer{id}));
    ledger.heard(event("kill", "15"));
    ledger.heard(event("stop"));
    EXPECT_FALSE(stopped_by_hand());
}

TEST_F(FailureLedgerTest, CountsNoEndingOfItsOwnMakingAsAFailure) {
    run_since(wall);
    const Plan stop = one_step(StopContainer{id});
    ledger.planned(stop);
    ledger.heard(event("kill", "9"));
    end_at(wall + 1s, 137);
    ledger.record({.step = stop.steps.front(), .error = {}}, now, wall);
    look();  // what should have followed did not
    EXPECT_EQ(trouble(), nullptr);
    run_since(wall + 2s);
    end_at(wall + 3s, 137);
    EXPECT_NE(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, CallsAnEndingThatNoEventToldCutOff) {
    run_since(wall);
    state::Memory memory;
    ledger.save_to(memory);
    FailureLedger next([] { return 0.5; });
    next.restore(memory);
    container().state = ContainerState::exited;
    next.mark_unseen_endings_cut_off(observed);
    EXPECT_TRUE(next.history().past.at(id).cut_off);
}

TEST_F(FailureLedgerTest, CallsAnEndingThatAMissedEventToldItsOwn) {
    run_since(wall);
    ledger.heard(event("die"));
    container().state = ContainerState::exited;
    ledger.mark_unseen_endings_cut_off(observed);
    EXPECT_TRUE(ledger.history().past.empty());
}

TEST_F(FailureLedgerTest, IsBusyUntilAPictureBegunAfterItsLastStepIsSeen) {
    Plan plan = one_step(StopContainer{id});
    plan.steps.push_back(one_step(StartContainer{id}).steps.front());
    plan.steps.push_back(one_step(RemoveContainer{id}).steps.front());
    plan.steps.back().waits_for = "something";
    ledger.planned(plan);
    EXPECT_TRUE(ledger.history().busy.contains(subject_of(web)));
    ledger.record({.step = plan.steps[0]}, now, wall);
    EXPECT_TRUE(ledger.history().busy.contains(subject_of(web)));
    ledger.snapshot_begun();
    ledger.record({.step = plan.steps[1]}, now, wall);
    EXPECT_FALSE(ledger.under_way(subject_of(web)));
    ledger.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(ledger.history().busy.contains(subject_of(web)));  // the snapshot was begun before
    look();
    EXPECT_TRUE(ledger.history().busy.empty());
}

TEST_F(FailureLedgerTest, CondemnsASuccessorThatFellOnce) {
    become_successor();
    run_since(wall);
    end_at(wall + 1s, 7);
    look();
    EXPECT_EQ(ledger.history().failed_successors.at(id), "exited with code 7");
    EXPECT_EQ(trouble()->failures, 1U);
}

TEST_F(FailureLedgerTest, CountsRecreationsForAFieldUntilItNoLongerDiffers) {
    const Plan plan = recreation({"labels.x", "1", "2"});
    end(plan);
    end(plan);
    EXPECT_EQ(ledger.history().repaired_for.at(subject_of(web)).at("labels.x"), 2U);
    look();
    ledger.settled(plan);
    EXPECT_EQ(ledger.history().repaired_for.size(), 1U);
    ledger.settled({});
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
    ledger.settled(other);  // the network no longer differs
    EXPECT_TRUE(ledger.history().repaired_for.empty());
}

TEST_F(FailureLedgerTest, RemembersRepairsOfWhatIsFrozenOrWaits) {
    Plan plan = one_step(RenameContainer{id, {"demo-web-1"}});
    plan.steps[0].changes = {{"name", "a", "b"}};
    end(plan);
    look();
    for (const Held::Why why : {Held::Why::frozen, Held::Why::backoff}) {
        ledger.settled({{}, {{subject_of(web), ServiceName{"web"}, why, "", {}}}});
        EXPECT_EQ(ledger.history().repaired_for.size(), 1U);
    }
    ledger.settled({{}, {{subject_of(web), ServiceName{"web"}, Held::Why::policy, "", {}}}});
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

TEST_F(FailureLedgerTest, RestartsDependentsOfWhatWasRecreated) {
    desired.project.services[{"db"}].name = {"db"};
    desired.project.services[{"web"}].depends_on[{"db"}] = {.restart = true};
    CreateContainer create;
    create.spec.labels[std::string(labels::replace)] = "db-1";
    Plan plan = one_step(create);
    plan.steps.push_back(one_step(StartContainer{StepId{0}}).steps.front());
    for (Step& step : plan.steps) {
        step.subject = subject_of(Slot{{"db"}, 1});
        step.service = ServiceName{"db"};
    }
    end(plan);
    run_since(wall);
    EXPECT_TRUE(ledger.history().restart_wanted.contains(id));
    end(one_step(RestartContainer{id}));
    EXPECT_TRUE(ledger.history().restart_wanted.empty());
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, CountsARestartForHealthSoThatTheNextWaits) {
    run_since(wall);
    end(one_step(RestartContainer{id}));
    EXPECT_EQ(wait(), 1s);
}

TEST_F(FailureLedgerTest, SlowsRestartsAfterAnOwnerThatKeepsEndingAndRemembersThem) {
    run_since(wall);
    end(one_step(RestartContainer{.container = id, .follows = wall}));
    EXPECT_EQ(wait(), 0s);
    end(one_step(RestartContainer{.container = id, .follows = wall + 1s}));
    EXPECT_EQ(wait(), 1s);
    EXPECT_EQ(ledger.history().followed.at(id), wall + 1s);
    state::Memory memory;
    ledger.save_to(memory);
    FailureLedger next([] { return 0.5; });
    next.restore(memory);
    EXPECT_EQ(next.history().followed, ledger.history().followed);
    observed.containers.clear();
    look();
    EXPECT_TRUE(ledger.history().followed.empty());
}

struct HooksTest : FailureLedgerTest {
    static constexpr const char* code = "it ended with code 4";

    /// A start and its two hooks, or what is left of them.
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
    EXPECT_EQ(owed()->failure, "post_start hook 'x': it ended with code 4");
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
    ends(hook());  // of the old ones
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
    EXPECT_EQ(ledger.history().failed_successors.at(id), "post_start hook 'x': it ended with code 4");
    EXPECT_EQ(ledger.history().failed_rollouts.at(subject_of(web)), 1U);
    EXPECT_EQ(trouble()->failures, 1U);
}

TEST_F(FailureLedgerTest, ForgivesWhatItIsAskedTo) {
    end(one_step(StartContainer{id}), Error(ErrorKind::unavailable, "x"));
    ledger.reset_backoff({{"other"}});
    EXPECT_NE(trouble(), nullptr);
    ledger.reset_backoff({{"web"}});
    EXPECT_EQ(trouble(), nullptr);
}

struct NetworkLedgerTest : FailureLedgerTest {
    const NetworkName name{"demo_default"};
    const Subject subject = subject_of(name);
    const Error refusal{ErrorKind::invalid_input, "overlaps (403)"};

    NetworkLedgerTest() { desired.project.networks[name].name = name; }

    Plan step(Operation operation) const {
        return {{{.operation = std::move(operation), .subject = subject}}, {}};
    }
    Plan removal() const { return step(RemoveNetwork{{"n1"}, name, ObservedNetwork{.name = name}}); }
    void make_anew(std::optional<Error> error) {
        end(removal());
        end(step(CreateNetwork{{.name = name}}), std::move(error));
    }
    bool knows_former() const { return ledger.history().former_networks.contains(name); }
    unsigned failed_tries() const {
        const auto found = ledger.history().failed_rollouts.find(subject);
        return found == ledger.history().failed_rollouts.end() ? 0 : found->second;
    }
    const Trouble& network_trouble() const { return ledger.history().troubles.at(subject); }
};

TEST_F(NetworkLedgerTest, KnowsANetworkThatIsMadeAnewUntilThereIsOneAgain) {
    observed.networks[name].name = name;
    ledger.planned(removal());
    look();
    EXPECT_TRUE(knows_former());  // still on its way
    ledger.record({.step = removal().steps.front()}, now, wall);
    observed.networks.clear();
    look();
    EXPECT_TRUE(knows_former());
    observed.networks[name].name = name;
    look();
    EXPECT_FALSE(knows_former());
}

TEST_F(NetworkLedgerTest, ARefusedDefinitionIsPutBackAtOnceAndTriedAgainLater) {
    make_anew(refusal);
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_trouble().next_attempt, now);
    end(step(CreateNetwork{{.name = name}, true}));
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_trouble().next_attempt, now + 1s);
    EXPECT_NE(network_trouble().last_error.find("overlaps"), std::string::npos);
}

TEST_F(NetworkLedgerTest, APutBackThatFailsWaits) {
    make_anew(refusal);
    end(step(CreateNetwork{{.name = name}, true}), refusal);
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_trouble().next_attempt, now + 2s);
}

/// Somebody is on it whom no list of containers shows.
TEST_F(NetworkLedgerTest, ARemovalThatIsRefusedCountsAsATry) {
    end(removal(), refusal);
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_trouble().next_attempt, now + 1s);
}

TEST_F(NetworkLedgerTest, ANetworkThatNothingReplacesHasNoTries) {
    end(step(RemoveNetwork{{"n1"}, name, {}}), refusal);
    end(step(CreateNetwork{{.name = name}}), refusal);
    EXPECT_EQ(failed_tries(), 0U);
}

TEST_F(NetworkLedgerTest, KnowsFormerNetworksAcrossARestart) {
    make_anew(refusal);
    state::Memory memory;
    ledger.save_to(memory);
    FailureLedger next{[] { return 0.5; }};
    next.restore(memory);
    EXPECT_EQ(next.history().former_networks, ledger.history().former_networks);
    EXPECT_EQ(next.history().failed_rollouts, ledger.history().failed_rollouts);
}

}  // namespace
}  // namespace dockerext::reconcile
