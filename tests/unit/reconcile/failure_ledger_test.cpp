#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

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

TEST_F(FailureLedgerTest, ASuccessfulStepEndsNoTrouble) {
    const Subject network = subject_of(NetworkName{"demo_default"});
    const auto step = [&](Operation operation) {
        return Plan{{{.operation = std::move(operation), .subject = network}}, {}};
    };
    end(step(RemoveNetwork{}), Error(ErrorKind::conflict, "has active endpoints"));
    end(step(DisconnectNetwork{id, {"demo_default"}}));
    EXPECT_EQ(ledger.history().troubles.at(network).failures, 1U);
    end(step(RemoveNetwork{}), Error(ErrorKind::conflict, "has active endpoints"));
    EXPECT_EQ(ledger.history().troubles.at(network).next_attempt - now, 2s);
}

TEST_F(FailureLedgerTest, ASuccessorThatEndedWithTheEngineOrByOurHandHasNotFailed) {
    become_successor();
    run_since(wall);
    container().state = ContainerState::exited;
    container().exit_code = 255;
    container().health = Health::unhealthy;  // as engines report it after the end
    ledger.mark_unseen_endings_cut_off();
    end_at(wall + 1s, 255);
    container().health = Health::starting;
    run_since(wall + 2s);
    ledger.planned(one_step(StopContainer{id}));
    ledger.heard(event("kill", "9"));
    end_at(wall + 3s, 137);
    EXPECT_TRUE(ledger.history().failed_successors.empty());
    EXPECT_TRUE(ledger.history().failed_rollouts.empty());
    EXPECT_EQ(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, ForgetsNothingOfContainersThatMayStillBeThere) {
    run_since(wall);
    ledger.heard(event("kill", "15"));
    end_at(wall + 1s, 0);
    ASSERT_TRUE(stopped_by_hand());
    for (const Subject& unknown : {subject_of(web), every(Subject::Kind::container)}) {
        observed.containers.clear();
        observed.unknown = {{unknown, {}}};
        look();
        EXPECT_TRUE(stopped_by_hand()) << to_string(unknown);
    }
    observed.unknown.clear();
    look();
    EXPECT_FALSE(stopped_by_hand());
}

TEST_F(FailureLedgerTest, RemembersThatAJobHasEndedWell) {
    desired.project.services[{"web"}].config_hash = "h";
    container().spec.labels[std::string(labels::config_hash)] = "h";
    container().image_id = {"sha256:1"};
    run_since(wall);
    end_at(wall + 1s, 0);
    state::Memory memory;
    ledger.save_to(memory);
    FailureLedger next([] { return 0.5; });
    next.restore(memory);
    EXPECT_EQ(next.history().completed.at(subject_of(web)), (CompletedJob{"h", {"sha256:1"}}));
    for (const ContainerState state : {ContainerState::removing, ContainerState::dead}) {
        container().state = state;  // while it is being removed
        look();
    }
    observed.containers.clear();
    look();
    ledger.reset_backoff({});
    EXPECT_EQ(ledger.history().completed.size(), 1U);
    ledger.reset_backoff({{"web"}});
    EXPECT_TRUE(ledger.history().completed.empty());
    next.new_settings();
    EXPECT_EQ(next.history().completed.size(), 1U) << "other services may have changed";
    next.new_project();
    EXPECT_TRUE(next.history().completed.empty());
}

TEST_F(FailureLedgerTest, AJobThatLeavesTheSettingsIsAnotherWhenItComesBack) {
    state::Memory memory;
    memory.completed[subject_of(web)] = {"h", {"sha256:1"}};
    ledger.restore(memory);
    look();
    EXPECT_EQ(ledger.history().completed.size(), 1U);
    desired.project.services.clear();
    look();
    EXPECT_TRUE(ledger.history().completed.empty());
}

TEST_F(FailureLedgerTest, AStepOfFormerSettingsFailsForThoseAlone) {
    const Plan start = one_step(StartContainer{id});
    ledger.planned(start);
    ledger.new_settings();
    ledger.record({.step = start.steps.front(), .error = Error(ErrorKind::invalid_input, "no such program")},
                  now, wall);
    EXPECT_EQ(trouble(), nullptr);
    end(start, Error(ErrorKind::invalid_input, "no such program"));
    EXPECT_NE(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, AJobThatRunsAgainHasNotCompleted) {
    desired.project.services[{"web"}].config_hash = "h";
    container().spec.labels[std::string(labels::config_hash)] = "h";
    run_since(wall);
    end_at(wall + 1s, 0);
    run_since(wall + 2s);
    EXPECT_TRUE(ledger.history().completed.empty());
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
    ledger.heard(event("kill", "1"));  // a reload signal
    look();
    EXPECT_FALSE(stopped_by_hand());
    ledger.heard(event("kill", "15"));
    look();
    EXPECT_TRUE(stopped_by_hand());
}

TEST_F(FailureLedgerTest, RemembersAStopOfARunThatNoSnapshotHasShownYet) {
    ledger.heard(event("start"));
    ledger.heard(event("kill", "15"));
    ledger.heard(event("stop"));
    container().started_at = wall;
    end_at(wall + 1s, 143);
    EXPECT_TRUE(stopped_by_hand());
    EXPECT_EQ(ledger.history().past.at(id).run, wall);
}

TEST_F(FailureLedgerTest, LeavesAStopToASnapshotBegunAfterIt) {
    run_since(wall);
    ledger.snapshot_begun();
    ledger.heard(event("start"));
    ledger.heard(event("stop"));
    ledger.snapshot_taken(desired, observed, now, wall);  // shows the previous run
    container().started_at = wall + 1s;
    end_at(wall + 2s, 143);
    EXPECT_TRUE(stopped_by_hand());
    EXPECT_EQ(ledger.history().past.at(id).run, wall + 1s);
}

TEST_F(FailureLedgerTest, AStopSaysNothingOfTheRunAfterIt) {
    run_since(wall);
    ledger.heard(event("stop"));
    look();  // already shows the next run
    ledger.heard(event("start"));
    look();
    EXPECT_FALSE(stopped_by_hand());
    ledger.heard(event("stop"));
    ledger.heard(event("start"));
    look();
    EXPECT_FALSE(stopped_by_hand());
}

TEST_F(FailureLedgerTest, DoesNotTakeItsOwnStopForSomebodyElses) {
    run_since(wall);
    ledger.planned(one_step(StopContainer{id}));
    ledger.heard(event("kill", "15"));
    ledger.heard(event("stop"));
    look();
    EXPECT_FALSE(stopped_by_hand());
    EXPECT_TRUE(ledger.history().past.contains(id));
}

TEST_F(FailureLedgerTest, CountsNoEndingOfItsOwnMakingAsAFailure) {
    run_since(wall);
    const Plan stop = one_step(StopContainer{id});
    ledger.planned(stop);
    ledger.heard(event("kill", "9"));
    end_at(wall + 1s, 137);
    ledger.record({.step = stop.steps.front(), .error = {}}, now, wall);
    look();  // the step that should have followed did not run
    EXPECT_EQ(trouble(), nullptr);
    run_since(wall + 2s);
    end_at(wall + 3s, 137);
    EXPECT_NE(trouble(), nullptr);
}

TEST_F(FailureLedgerTest, CountsNoEndBeforeItsCauseIsKnown) {
    run_since(wall);
    ledger.snapshot_begun();
    ledger.heard(event("kill", "9"));  // the snapshot shows the end, and began before the order
    container().state = ContainerState::exited;
    container().finished_at = wall + 1s;
    container().exit_code = 137;
    ledger.snapshot_taken(desired, observed, now, wall);
    EXPECT_FALSE(trouble());
    look();
    EXPECT_FALSE(trouble());
    EXPECT_TRUE(stopped_by_hand());
}

TEST_F(FailureLedgerTest, CountsNoEndWhileTheSubjectIsBusy) {
    for (const bool is_ours : {true, false}) {
        run_since(wall);
        const Plan plan = one_step(StopContainer{id, {}});
        ledger.planned(plan);
        wall += 1s;
        end_at(wall, 137);  // our order to end it may not have been received yet
        EXPECT_FALSE(trouble());
        if (is_ours) ledger.heard(event("kill", "9"));
        ledger.record({.step = plan.steps[0], .error = {}, .container = id}, now, wall);
        look();
        EXPECT_EQ(trouble() == nullptr, is_ours);
    }
}

TEST_F(FailureLedgerTest, CallsAnEndingThatNoEventToldCutOff) {
    run_since(wall);
    state::Memory memory;
    ledger.save_to(memory);
    FailureLedger next([] { return 0.5; });
    next.restore(memory);
    container().state = ContainerState::exited;
    next.mark_unseen_endings_cut_off();
    observed.containers.clear();
    observed.unknown = {{subject_of(web), {}}};  // from the first snapshot
    next.snapshot_taken(desired, observed, now, wall);
    observed.unknown.clear();
    container().state = ContainerState::exited;
    container().started_at = wall;
    next.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(next.history().past.at(id).cut_off);
}

TEST_F(FailureLedgerTest, CallsTheEndingOfARunThatWasNeverSeenCutOff) {
    for (const bool was_seen_before : {true, false}) {
        if (was_seen_before) run_since(wall);
        ledger.heard(event("start"));
        ledger.mark_unseen_endings_cut_off();
        container().started_at = wall + 1s;
        end_at(wall + 2s, 0);
        EXPECT_TRUE(ledger.history().past.at(id).cut_off);
        EXPECT_EQ(ledger.history().past.at(id).run, wall + 1s);
        observed.containers.clear();
        look();
    }
}

TEST_F(FailureLedgerTest, CallsAnEndingThatAMissedEventToldItsOwn) {
    run_since(wall);
    ledger.heard(event("die"));
    container().state = ContainerState::exited;
    ledger.mark_unseen_endings_cut_off();
    look();
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
    EXPECT_TRUE(ledger.history().busy.contains(subject_of(web)));  // the snapshot is older
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
    EXPECT_TRUE(knows_former());  // the removal is still under way
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

/// The network has an endpoint that no container list shows.
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
