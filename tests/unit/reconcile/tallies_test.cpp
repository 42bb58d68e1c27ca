#include "reconcile/drift_tally.hpp"
#include "reconcile/restart_tally.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using Drift = std::map<std::pair<std::string, std::string>, std::uint64_t>;

const Subject tallied = subject_of(Slot{{"web"}, 1});
const Subject network = subject_of(NetworkName{"demo_default"});

Plan plan_of(Operation operation, const Subject& subject, const std::vector<std::string>& fields) {
    Step step{.operation = std::move(operation), .subject = subject};
    for (const std::string& field : fields) step.changes.push_back({field, "", ""});
    return {{step}, {}};
}

Plan holding(const Subject& subject, Held::Why why) { return {{}, {{subject, {}, why, "", {}}}}; }

struct DriftTallyTest : testing::Test {
    report::Counters counters;
    DriftTally tally;

    void plan_made(const Plan& plan, const std::set<Subject>& present, const std::set<Subject>& busy = {}) {
        tally.plan_made(plan, present, busy, counters);
    }
};

TEST_F(DriftTallyTest, CountsEachFieldWhenASubjectDriftsAndNotAgainUntilItWasRight) {
    const Plan repair =
        plan_of(UpdateContainer{}, tallied, {"mem_limit", "environment.HOME", "environment.PATH"});
    plan_made(repair, {tallied});
    EXPECT_EQ(counters.drift, Drift()) << "the work of new settings";
    plan_made({}, {tallied});
    plan_made(repair, {tallied});
    plan_made(repair, {tallied});
    plan_made({}, {tallied}, {tallied});  // the repair is under way
    plan_made(repair, {tallied});
    const Drift once{{{"container", "mem_limit"}, 1}, {{"container", "environment"}, 1}};
    EXPECT_EQ(counters.drift, once);
    plan_made({}, {tallied});
    plan_made(repair, {tallied});
    EXPECT_EQ((counters.drift[{"container", "mem_limit"}]), 2U);
}

TEST_F(DriftTallyTest, CountsWhatWasRemovedButNotWhatNewSettingsAdd) {
    plan_made(plan_of(CreateContainer{}, tallied, {}), {});
    plan_made({}, {tallied, network});
    plan_made(plan_of(CreateContainer{}, tallied, {}), {network});
    plan_made(plan_of(CreateNetwork{}, network, {}), {tallied});
    const Drift removed{{{"container", "removed"}, 1}, {{"network", "removed"}, 1}};
    EXPECT_EQ(counters.drift, removed);
    plan_made({}, {tallied});
    tally.clear();
    plan_made(plan_of(RemoveContainer{}, tallied, {"image"}), {tallied});
    EXPECT_EQ(counters.drift, removed) << "new settings";
}

TEST_F(DriftTallyTest, CountsWhatIsOnlyReported) {
    plan_made({}, {tallied});
    plan_made(holding(tallied, Held::Why::unproven), {tallied});
    plan_made(holding(tallied, Held::Why::unknown), {});
    EXPECT_EQ(counters.drift, Drift());
    plan_made(holding(tallied, Held::Why::policy), {tallied});
    EXPECT_EQ(counters.drift, (Drift{{{"container", "other"}, 1}}));
}

TEST_F(DriftTallyTest, DoesNotCountRestartsThatWereAskedFor) {
    plan_made({}, {tallied});
    plan_made(plan_of(RestartContainer{.container = {}, .cause_started_at = WallTime{}}, tallied, {}),
              {tallied});
    EXPECT_EQ(counters.drift, Drift());
    plan_made(plan_of(RestartContainer{}, tallied, {}), {tallied});
    EXPECT_EQ(counters.drift, (Drift{{{"container", "other"}, 1}})) << "it was unhealthy";
}

TEST_F(DriftTallyTest, HasOnlyNamesOfTheModelAsFields) {
    const Subject part{Subject::Kind::part, "engine.configuration"};
    plan_made({}, {part});
    plan_made(plan_of(ChangeEngine{}, part, {"engine.config.log-driver", "engine.options", "Ümlaut", ""}),
              {part});
    EXPECT_EQ(
        counters.drift,
        (Drift{{{"part", "engine.config"}, 1}, {{"part", "engine.options"}, 1}, {{"part", "other"}, 1}}));
}

struct RestartTallyTest : testing::Test {
    report::Counters counters;
    RestartTally tally;
    Desired desired;

    RestartTallyTest() { desired.project.services[{"web"}]; }

    /// A snapshot with these counts of the engine, by the containers' ids.
    void snapshot(const std::map<std::string, unsigned>& counts, bool some_are_unknown = false) {
        Observed observed;
        const Unknown unknown{Error(ErrorKind::timeout, "no answer"), {}};
        if (some_are_unknown) observed.unknown.emplace(tallied, unknown);
        for (const auto& [id, count] : counts) {
            ObservedContainer& container = observed.containers[{id}];
            container.slot = {{"web"}, 1};
            container.restart_count = count;
        }
        tally.snapshot_taken(observed, desired, counters);
    }
    std::uint64_t restarts() { return counters.restarts[{"web"}]; }
};

TEST_F(RestartTallyTest, CountsWhatTheEngineRestarted) {
    snapshot({{"a", 7}});
    EXPECT_EQ(restarts(), 0U) << "before the daemon started";
    snapshot({{"a", 9}});
    EXPECT_EQ(restarts(), 2U);
    snapshot({{"a", 1}});  // we started it, and the engine restarted it
    EXPECT_EQ(restarts(), 3U);
    snapshot({{"b", 2}});  // a new container
    EXPECT_EQ(restarts(), 5U);
    snapshot({{"b", 2}, {"stranger", 0}});
    EXPECT_EQ(restarts(), 5U);
}

TEST_F(RestartTallyTest, CountsNothingTwiceAfterAContainerWasUnknown) {
    snapshot({}, true);
    snapshot({{"a", 40}});
    EXPECT_EQ(restarts(), 0U) << "before the first whole picture";
    snapshot({}, true);
    snapshot({{"a", 41}});
    EXPECT_EQ(restarts(), 1U);
}

TEST_F(RestartTallyTest, ForgetsServicesThatLeft) {
    snapshot({{"a", 0}});
    snapshot({{"a", 1}});
    desired.project.services.clear();
    snapshot({{"a", 2}});
    EXPECT_TRUE(counters.restarts.empty());
}

}  // namespace
}  // namespace dockerext::reconcile
