#include "ledger_scene.hpp"

namespace dockerext::reconcile {
namespace {

TEST_F(FailureLedgerTest, RestartsAtOnceAfterALongRunAndThenBacksOff) {
    run_since(wall - 1min);
    end_at(wall, 1);
    EXPECT_EQ(wait(), 0s);
    run_since(wall + 1s);
    end_at(wall + 2s, 1);
    EXPECT_EQ(failure_record()->failures, 2U);
    EXPECT_EQ(wait(), 2s);
    EXPECT_EQ(failure_record()->last_error, "exited with code 1");
}

TEST_F(FailureLedgerTest, DelaysTheFirstShortRunByASecond) {
    run_since(wall);
    end_at(wall + 1s, 3);
    EXPECT_EQ(wait(), 1s);
}

TEST_F(FailureLedgerTest, CountsEachExitOnce) {
    run_since(wall);
    end_at(wall + 1s, 1);
    take_snapshot();
    take_snapshot();
    EXPECT_EQ(failure_record()->failures, 1U);
}

TEST_F(FailureLedgerTest, CountsOnlyFailedExits) {
    run_since(wall);
    end_at(wall + 1s, 0);
    EXPECT_EQ(failure_record(), nullptr);
    desired.project.services[{"web"}].restart_is_set = true;
    end_at(wall + 2s, 1);
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(FailureLedgerTest, ASuccessfulStepDoesNotClearFailures) {
    const Subject network = subject_of(NetworkName{"demo_default"});
    const auto step = [&](Operation operation) {
        return Plan{{{.operation = std::move(operation), .subject = network}}, {}};
    };
    end(step(RemoveNetwork{}), Error(ErrorKind::conflict, "has active endpoints"));
    end(step(DisconnectNetwork{id, {"demo_default"}}));
    EXPECT_EQ(ledger.history().failure_records.at(network).failures, 1U);
    end(step(RemoveNetwork{}), Error(ErrorKind::conflict, "has active endpoints"));
    EXPECT_EQ(ledger.history().failure_records.at(network).next_attempt - now, 2s);
}

TEST_F(FailureLedgerTest, ASuccessorStoppedByTheEngineOrUsHasNotFailed) {
    become_successor();
    run_since(wall);
    container().state = ContainerState::exited;
    container().exit_code = 255;
    container().health = Health::unhealthy;  // as engines report it after the end
    ledger.mark_unseen_ends_interrupted();
    end_at(wall + 1s, 255);
    container().health = Health::starting;
    run_since(wall + 2s);
    ledger.plan_started(one_step(StopContainer{id}));
    ledger.event_received(event("kill", "9"));
    end_at(wall + 3s, 137);
    EXPECT_TRUE(ledger.history().failed_successors.empty());
    EXPECT_TRUE(ledger.history().failed_rollouts.empty());
    EXPECT_EQ(failure_record(), nullptr);
}

TEST_F(FailureLedgerTest, KeepsRecordsOfContainersThatMayStillExist) {
    run_since(wall);
    ledger.event_received(event("kill", "15"));
    end_at(wall + 1s, 0);
    ASSERT_TRUE(stopped_manually());
    for (const Subject& unknown : {subject_of(web), every(Subject::Kind::container)}) {
        observed.containers.clear();
        observed.unknown = {{unknown, {}}};
        take_snapshot();
        EXPECT_TRUE(stopped_manually()) << to_string(unknown);
    }
    observed.unknown.clear();
    take_snapshot();
    EXPECT_FALSE(stopped_manually());
}

TEST_F(FailureLedgerTest, RemembersCompletedJobs) {
    desired.project.services[{"web"}].config_hash = "h";
    container().spec.labels[std::string(labels::config_hash)] = "h";
    container().image_id = {"sha256:1"};
    run_since(wall);
    end_at(wall + 1s, 0);
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    EXPECT_EQ(next.history().completed.at(subject_of(web)), (CompletedJob{"h", {"sha256:1"}}));
    for (const ContainerState state : {ContainerState::removing, ContainerState::dead}) {
        container().state = state;  // while it is being removed
        take_snapshot();
    }
    observed.containers.clear();
    take_snapshot();
    ledger.reset_backoff({});
    EXPECT_EQ(ledger.history().completed.size(), 1U);
    ledger.reset_backoff({{"web"}});
    EXPECT_TRUE(ledger.history().completed.empty());
    next.new_settings();
    EXPECT_EQ(next.history().completed.size(), 1U) << "other services may have changed";
    next.new_project();
    EXPECT_TRUE(next.history().completed.empty());
}

TEST_F(FailureLedgerTest, AJobRemovedFromTheSettingsIsNewWhenItReturns) {
    state::DaemonState saved;
    saved.completed[subject_of(web)] = {"h", {"sha256:1"}};
    ledger.restore(saved);
    take_snapshot();
    EXPECT_EQ(ledger.history().completed.size(), 1U);
    desired.project.services.clear();
    take_snapshot();
    EXPECT_TRUE(ledger.history().completed.empty());
}

TEST_F(FailureLedgerTest, AFailedStepOfSupersededSettingsDoesNotCount) {
    const Plan start = one_step(StartContainer{id});
    ledger.plan_started(start);
    ledger.new_settings();
    ledger.record({.step = start.steps.front(), .error = Error(ErrorKind::invalid_input, "no such program")},
                  now, wall);
    EXPECT_EQ(failure_record(), nullptr);
    end(start, Error(ErrorKind::invalid_input, "no such program"));
    EXPECT_NE(failure_record(), nullptr);
}

TEST_F(FailureLedgerTest, AJobThatRunsAgainHasNotCompleted) {
    desired.project.services[{"web"}].config_hash = "h";
    container().spec.labels[std::string(labels::config_hash)] = "h";
    run_since(wall);
    end_at(wall + 1s, 0);
    run_since(wall + 2s);
    EXPECT_TRUE(ledger.history().completed.empty());
}

TEST_F(FailureLedgerTest, AnImageIsRetriedAtOnceAfterALogin) {
    const auto next = [&](const ImageRef& image) {
        return ledger.history().failure_records.at(subject_of(image)).next_attempt;
    };
    const ImageRef ours{"r.azurecr.io/app:1"}, other{"example.com/app:1"};
    for (const ImageRef& image : {ours, other})
        end({{{.operation = PullImage{image}, .subject = subject_of(image)}}, {}},
            Error(ErrorKind::unavailable, "unauthorized"));
    ledger.registry_accepts_login("r.azurecr.io");
    EXPECT_EQ(next(ours), SteadyTime{});
    EXPECT_GT(next(other), now);
}

TEST_F(FailureLedgerTest, KnowsWhichImagesTheRegistryDoesNotHave) {
    const ImageRef image{"example.com/app:1"};
    const Plan pull{{{.operation = PullImage{image}, .subject = subject_of(image)}}, {}};
    end(pull, Error(ErrorKind::unavailable, "no route to host"));
    EXPECT_FALSE(ledger.is_unavailable(image));
    end(pull, Error(ErrorKind::not_found, "manifest unknown"));
    EXPECT_TRUE(ledger.is_unavailable(image));
    end(pull, Error(ErrorKind::unavailable, "no route to host"));
    EXPECT_FALSE(ledger.is_unavailable(image));
}

TEST_F(FailureLedgerTest, DistinguishesAManualStopFromAnExit) {
    run_since(wall);
    ledger.event_received(event("die"));
    EXPECT_FALSE(stopped_manually());
    ledger.event_received(event("kill", "1"));  // a reload signal
    take_snapshot();
    EXPECT_FALSE(stopped_manually());
    ledger.event_received(event("kill", "15"));
    take_snapshot();
    EXPECT_TRUE(stopped_manually());
}

TEST_F(FailureLedgerTest, RemembersAStopOfARunNotObservedYet) {
    ledger.event_received(event("start"));
    ledger.event_received(event("kill", "15"));
    ledger.event_received(event("stop"));
    container().started_at = wall;
    end_at(wall + 1s, 143);
    EXPECT_TRUE(stopped_manually());
    EXPECT_EQ(ledger.history().ended_run.at(id).run, wall);
}

TEST_F(FailureLedgerTest, AppliesAStopToTheSnapshotStartedAfterIt) {
    run_since(wall);
    ledger.snapshot_begun();
    ledger.event_received(event("start"));
    ledger.event_received(event("stop"));
    ledger.snapshot_taken(desired, observed, now, wall);  // shows the previous run
    container().started_at = wall + 1s;
    end_at(wall + 2s, 143);
    EXPECT_TRUE(stopped_manually());
    EXPECT_EQ(ledger.history().ended_run.at(id).run, wall + 1s);
}

TEST_F(FailureLedgerTest, AStopDoesNotAffectTheNextRun) {
    run_since(wall);
    ledger.event_received(event("stop"));
    take_snapshot();  // already shows the next run
    ledger.event_received(event("start"));
    take_snapshot();
    EXPECT_FALSE(stopped_manually());
    ledger.event_received(event("stop"));
    ledger.event_received(event("start"));
    take_snapshot();
    EXPECT_FALSE(stopped_manually());
}

TEST_F(FailureLedgerTest, DoesNotMistakeItsOwnStopForAManualOne) {
    run_since(wall);
    ledger.plan_started(one_step(StopContainer{id}));
    ledger.event_received(event("kill", "15"));
    ledger.event_received(event("stop"));
    take_snapshot();
    EXPECT_FALSE(stopped_manually());
    EXPECT_TRUE(ledger.history().ended_run.contains(id));
}

TEST_F(FailureLedgerTest, CountsNoExitItCausedAsAFailure) {
    run_since(wall);
    const Plan stop = one_step(StopContainer{id});
    ledger.plan_started(stop);
    ledger.event_received(event("kill", "9"));
    end_at(wall + 1s, 137);
    ledger.record({.step = stop.steps.front(), .error = {}}, now, wall);
    take_snapshot();  // the step that should have followed did not run
    EXPECT_EQ(failure_record(), nullptr);
    run_since(wall + 2s);
    end_at(wall + 3s, 137);
    EXPECT_NE(failure_record(), nullptr);
}

TEST_F(FailureLedgerTest, CountsNoEndBeforeItsCauseIsKnown) {
    run_since(wall);
    ledger.snapshot_begun();
    ledger.event_received(event("kill", "9"));  // the snapshot shows the end, and began before the order
    container().state = ContainerState::exited;
    container().finished_at = wall + 1s;
    container().exit_code = 137;
    ledger.snapshot_taken(desired, observed, now, wall);
    EXPECT_FALSE(failure_record());
    take_snapshot();
    EXPECT_FALSE(failure_record());
    EXPECT_TRUE(stopped_manually());
}

TEST_F(FailureLedgerTest, RemembersAStopInAProjectThatReturns) {
    run_since(wall);
    ledger.event_received(event("kill", "9"));
    ledger.snapshot_begun();
    ledger.snapshot_taken({}, {}, now, wall, Coverage::without_former_projects);  // while it is removed
    end_at(wall + 1s, 137);
    EXPECT_FALSE(failure_record());
    EXPECT_TRUE(ledger.history().ended_run.at(id).stopped_manually);
}

TEST_F(FailureLedgerTest, CountsNoEndWhileTheSubjectIsBusy) {
    for (const bool is_ours : {true, false}) {
        run_since(wall);
        const Plan plan = one_step(StopContainer{id, {}});
        ledger.plan_started(plan);
        wall += 1s;
        end_at(wall, 137);  // our order to end it may not have been received yet
        EXPECT_FALSE(failure_record());
        if (is_ours) ledger.event_received(event("kill", "9"));
        ledger.record({.step = plan.steps[0], .error = {}, .container = id}, now, wall);
        take_snapshot();
        EXPECT_EQ(failure_record() == nullptr, is_ours);
    }
}

TEST_F(FailureLedgerTest, AnExitWithoutAnEventIsInterrupted) {
    run_since(wall);
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    container().state = ContainerState::exited;
    next.mark_unseen_ends_interrupted();
    observed.containers.clear();
    observed.unknown = {{subject_of(web), {}}};  // from the first snapshot
    next.snapshot_taken(desired, observed, now, wall);
    observed.unknown.clear();
    container().state = ContainerState::exited;
    container().started_at = wall;
    next.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(next.history().ended_run.at(id).interrupted);
}

TEST_F(FailureLedgerTest, TheExitOfAnUnobservedRunIsInterrupted) {
    for (const bool was_observed : {true, false}) {
        if (was_observed) run_since(wall);
        ledger.event_received(event("start"));
        ledger.mark_unseen_ends_interrupted();
        container().started_at = wall + 1s;
        end_at(wall + 2s, 0);
        EXPECT_TRUE(ledger.history().ended_run.at(id).interrupted);
        EXPECT_EQ(ledger.history().ended_run.at(id).run, wall + 1s);
        observed.containers.clear();
        take_snapshot();
    }
}

TEST_F(FailureLedgerTest, AnExitWithAMissedEventIsItsOwn) {
    run_since(wall);
    ledger.event_received(event("die"));
    container().state = ContainerState::exited;
    ledger.mark_unseen_ends_interrupted();
    take_snapshot();
    EXPECT_TRUE(ledger.history().ended_run.empty());
}

TEST_F(FailureLedgerTest, AllEventsOfTheEngineShowWhichRunsWereInterrupted) {
    const auto is_interrupted = [&](std::initializer_list<const char*> past, WallTime finished) {
        FailureLedger next([] { return 0.5; });
        state::DaemonState saved;
        saved.running[id] = wall;
        next.restore(saved);
        for (const char* action : past) next.past_event_received(event(action));
        next.mark_unseen_ends_interrupted();
        container().state = ContainerState::exited;
        container().started_at = wall;
        container().finished_at = finished;
        next.snapshot_taken(desired, observed, now, wall);
        return next.history().ended_run.contains(id);
    };
    const WallTime before = wall - 1min;  // the clock was set back
    EXPECT_TRUE(is_interrupted({}, before));
    EXPECT_TRUE(is_interrupted({"die", "start"}, before));
    EXPECT_FALSE(is_interrupted({"start", "die"}, before));
    EXPECT_FALSE(is_interrupted({"start", "kill", "die", "stop"}, before));
    EXPECT_FALSE(is_interrupted({}, wall + 1min));
}

TEST_F(FailureLedgerTest, IsBusyUntilASnapshotStartedAfterItsLastStep) {
    Plan plan = one_step(StopContainer{id});
    plan.steps.push_back(one_step(StartContainer{id}).steps.front());
    plan.steps.push_back(one_step(RemoveContainer{id}).steps.front());
    plan.steps.back().waits_for = "something";
    ledger.plan_started(plan);
    EXPECT_TRUE(ledger.history().busy.contains(subject_of(web)));
    ledger.record({.step = plan.steps[0]}, now, wall);
    EXPECT_TRUE(ledger.history().busy.contains(subject_of(web)));
    ledger.snapshot_begun();
    ledger.record({.step = plan.steps[1]}, now, wall);
    EXPECT_FALSE(ledger.under_way(subject_of(web)));
    ledger.snapshot_taken(desired, observed, now, wall);
    EXPECT_TRUE(ledger.history().busy.contains(subject_of(web)));  // the snapshot is older
    take_snapshot();
    EXPECT_TRUE(ledger.history().busy.empty());
}

TEST_F(FailureLedgerTest, MarksASuccessorAsFailedAfterOneExit) {
    become_successor();
    run_since(wall);
    end_at(wall + 1s, 7);
    take_snapshot();
    EXPECT_EQ(ledger.history().failed_successors.at(id), "exited with code 7");
    EXPECT_EQ(failure_record()->failures, 1U);
}

TEST_F(FailureLedgerTest, BacksOffAfterAHealthRestart) {
    run_since(wall);
    end(one_step(RestartContainer{id}));
    EXPECT_EQ(wait(), 1s);
}

TEST_F(FailureLedgerTest, BacksOffRestartsAfterARepeatedlyExitingOwner) {
    run_since(wall);
    end(one_step(RestartContainer{.container = id, .cause_started_at = wall}));
    EXPECT_EQ(wait(), 0s);
    end(one_step(RestartContainer{.container = id, .cause_started_at = wall + 1s}));
    EXPECT_EQ(wait(), 1s);
    EXPECT_EQ(ledger.history().restarted_for.at(id), wall + 1s);
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next([] { return 0.5; });
    next.restore(saved);
    EXPECT_EQ(next.history().restarted_for, ledger.history().restarted_for);
    observed.containers.clear();
    take_snapshot();
    EXPECT_TRUE(ledger.history().restarted_for.empty());
}

TEST_F(FailureLedgerTest, ResetsBackoffOnRequest) {
    end(one_step(StartContainer{id}), Error(ErrorKind::unavailable, "x"));
    ledger.reset_backoff({{"other"}});
    EXPECT_NE(failure_record(), nullptr);
    ledger.reset_backoff({{"web"}});
    EXPECT_EQ(failure_record(), nullptr);
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
    void recreate_network(std::optional<Error> error) {
        end(removal());
        end(step(CreateNetwork{{.name = name}}), std::move(error));
    }
    bool knows_former_network() const { return ledger.history().former_networks.contains(name); }
    unsigned failed_tries() const {
        const auto found = ledger.history().failed_rollouts.find(subject);
        return found == ledger.history().failed_rollouts.end() ? 0 : found->second.attempts;
    }
    const FailureRecord& network_failure() const { return ledger.history().failure_records.at(subject); }
};

TEST_F(NetworkLedgerTest, RemembersARemovedNetworkUntilItIsRecreated) {
    observed.networks[name].name = name;
    ledger.plan_started(removal());
    take_snapshot();
    EXPECT_TRUE(knows_former_network());  // the removal is still under way
    ledger.record({.step = removal().steps.front()}, now, wall);
    observed.networks.clear();
    take_snapshot();
    EXPECT_TRUE(knows_former_network());
    observed.networks[name] = {.id = {"recreated"}, .name = name};
    take_snapshot();
    EXPECT_FALSE(knows_former_network());
}

/// Only this tells that it is ours, once its last container has left.
TEST_F(NetworkLedgerTest, RemembersANetworkWithoutLabelsThatWasNotRemoved) {
    observed.networks[name].name = name;
    ledger.plan_started(removal());
    ledger.record({.step = removal().steps.front(), .error = Error(ErrorKind::unavailable, "no")}, now, wall);
    take_snapshot();
    EXPECT_TRUE(knows_former_network());
    observed.networks[name].id = {"another"};
    take_snapshot();
    EXPECT_FALSE(knows_former_network());
}

TEST_F(NetworkLedgerTest, ARefusedDefinitionIsRolledBackAtOnceAndRetriedLater) {
    recreate_network(refusal);
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_failure().next_attempt, now);
    end(step(CreateNetwork{{.name = name}, true}));
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_failure().next_attempt, now + 1s);
    EXPECT_NE(network_failure().last_error.find("overlaps"), std::string::npos);
}

TEST_F(NetworkLedgerTest, AFailedRollbackBacksOff) {
    recreate_network(refusal);
    end(step(CreateNetwork{{.name = name}, true}), refusal);
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_failure().next_attempt, now + 2s);
}

/// The network has an endpoint that no container list shows.
TEST_F(NetworkLedgerTest, ARemovalThatIsRefusedCountsAsATry) {
    end(removal(), refusal);
    EXPECT_EQ(failed_tries(), 1U);
    EXPECT_EQ(network_failure().next_attempt, now + 1s);
}

TEST_F(NetworkLedgerTest, ANetworkWithoutReplacementHasNoAttempts) {
    end(step(RemoveNetwork{{"n1"}, name, {}}), refusal);
    end(step(CreateNetwork{{.name = name}}), refusal);
    EXPECT_EQ(failed_tries(), 0U);
}

TEST_F(NetworkLedgerTest, RemembersFormerNetworksAcrossARestart) {
    recreate_network(refusal);
    state::DaemonState saved;
    ledger.save_to(saved);
    FailureLedger next{[] { return 0.5; }};
    next.restore(saved);
    EXPECT_EQ(next.history().former_networks, ledger.history().former_networks);
    EXPECT_EQ(next.history().failed_rollouts, ledger.history().failed_rollouts);
}

}  // namespace
}  // namespace dockerext::reconcile
