#include "reconcile/intent.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;
using Leaving = std::map<ProjectName, RemovalScope>;

AcceptedSettings settings(const std::string& project, const std::string& fingerprint) {
    AcceptedSettings accepted;
    accepted.desired.project.name = {project};
    accepted.desired.project.services[{"web"}].name = {"web"};
    accepted.fingerprint = fingerprint;
    return accepted;
}

/// One process of the daemon.
struct Process {
    explicit Process(const std::filesystem::path& folder)
        : state_file(state::DaemonStateStore(folder), ledger) {}

    FailureLedger ledger{[] { return 0.5; }};
    DaemonStateFile state_file;
    Intent intent{state_file, ledger};
};

struct IntentTest : testing::Test {
    test::TemporaryFolder folder;
    Process process{folder.path()};
    Intent& intent = process.intent;
};

TEST_F(IntentTest, EqualSettingsAreNoChange) {
    EXPECT_EQ(intent.put_in_force(settings("demo", "1")), Intent::Adoption::changed);
    EXPECT_EQ(intent.put_in_force(settings("demo", "1")), Intent::Adoption::unchanged);
    EXPECT_EQ(intent.put_in_force(settings("demo", "2")), Intent::Adoption::changed);
    intent.down(RemovalScope::without_volumes);
    EXPECT_EQ(intent.put_in_force(settings("demo", "2")), Intent::Adoption::changed)
        << "they were not in force";
}

TEST_F(IntentTest, OtherImagesOfTheSameSettingsAreAnotherVersion) {
    const auto pinned = [](const std::string& image) {
        AcceptedSettings accepted = settings("demo", "1");
        accepted.desired.project.services[{"web"}].container.image = {image};
        return accepted;
    };
    (void)intent.put_in_force(pinned("nginx:1"));
    EXPECT_EQ(intent.put_in_force(pinned("sha256:1")), Intent::Adoption::other_version);
    EXPECT_EQ(intent.put_in_force(pinned("sha256:1")), Intent::Adoption::unchanged);
    EXPECT_EQ(intent.put_in_force(pinned("nginx:1")), Intent::Adoption::other_version);
}

TEST_F(IntentTest, AReplacedProjectIsFormerUntilItReturns) {
    (void)intent.put_in_force(settings("demo", "1"));
    EXPECT_EQ(intent.former(), Leaving{});
    (void)intent.put_in_force(settings("other", "2"));
    EXPECT_EQ(intent.former(), (Leaving{{{"demo"}, RemovalScope::without_volumes}}));
    (void)intent.put_in_force(settings("demo", "3"));
    EXPECT_EQ(intent.former(), (Leaving{{{"other"}, RemovalScope::without_volumes}}));
}

TEST_F(IntentTest, JobsRunAgainAfterDownOrForAnotherProject) {
    (void)intent.put_in_force(settings("demo", "1"));
    state::DaemonState state_file;
    state_file.completed[subject_of(Slot{{"web"}, 1})] = {"h", {"sha256:1"}};
    process.ledger.restore(state_file);
    (void)intent.put_in_force(settings("demo", "2"));
    EXPECT_EQ(process.ledger.history().completed.size(), 1U);
    intent.down(RemovalScope::without_volumes);
    (void)intent.put_in_force(settings("demo", "2"));
    EXPECT_TRUE(process.ledger.history().completed.empty());
    process.ledger.restore(state_file);
    (void)intent.put_in_force(settings("other", "2"));
    EXPECT_TRUE(process.ledger.history().completed.empty());
}

TEST_F(IntentTest, SettingsWithoutServicesRemoveNothing) {
    (void)intent.put_in_force(settings("demo", "1"));
    AcceptedSettings none = settings("compose", "2");
    none.desired.project.services.clear();
    (void)intent.put_in_force(std::move(none));
    EXPECT_EQ(intent.former(), Leaving{});
    EXPECT_EQ(intent.project().value, "demo");
    intent.down(RemovalScope::without_volumes);
    EXPECT_EQ(intent.former(), (Leaving{{{"demo"}, RemovalScope::without_volumes}}));
}

/// Each change is on disk when its call returns, so the next process knows it even after a crash.
TEST_F(IntentTest, AProjectLeavesForAStackAndSettingsStayInForce) {
    (void)intent.put_in_force(settings("demo", "1"));
    AcceptedSettings stack;
    stack.desired.project.name = {"demo"};
    (void)intent.put_in_force(stack);
    EXPECT_EQ(intent.former(), Leaving{}) << "not before the stack is there";
    intent.remove_project();
    EXPECT_EQ(intent.former(), (Leaving{{{"demo"}, RemovalScope::without_volumes}}));
    EXPECT_NE(intent.in_force(), nullptr);
    intent.remove_project();
    EXPECT_EQ(intent.project(), ProjectName());
    const Process later(folder.path());
    EXPECT_EQ(later.intent.former(), (Leaving{{{"demo"}, RemovalScope::without_volumes}}));
    (void)intent.put_in_force(settings("demo", "2"));
    EXPECT_EQ(intent.former(), Leaving{});
}

TEST_F(IntentTest, DownAndItsVolumesSurviveARestart) {
    (void)intent.put_in_force(settings("demo", "1"));
    (void)intent.put_in_force(settings("other", "2"));
    intent.down(RemovalScope::with_volumes);
    intent.down(RemovalScope::without_volumes);  // a second `down` does not take the volumes back
    Process next(folder.path());
    EXPECT_EQ(next.intent.former(),
              (Leaving{{{"demo"}, RemovalScope::with_volumes}, {{"other"}, RemovalScope::with_volumes}}));
    EXPECT_EQ(next.intent.in_force(), nullptr);
    next.intent.forget({"demo"});
    next.intent.forget({"other"});
    EXPECT_EQ(Process(folder.path()).intent.former(), Leaving{});
}

TEST_F(IntentTest, APauseSurvivesARestartAndExpires) {
    intent.pause(1h);
    Process next(folder.path());
    const WallTime end = next.intent.paused_until().value();
    EXPECT_TRUE(next.intent.is_paused(end - 1s));
    EXPECT_FALSE(next.intent.is_paused(end));
    EXPECT_EQ(next.intent.paused_until(), end) << "asking changes nothing";
    next.intent.pause(std::nullopt);
    EXPECT_TRUE(next.intent.is_paused(end + 24h));
    next.intent.resume();
    EXPECT_FALSE(Process(folder.path()).intent.paused_until().has_value());
}

TEST_F(IntentTest, DownEndsAPause) {
    (void)intent.put_in_force(settings("demo", "1"));
    intent.pause(std::nullopt);
    intent.down(RemovalScope::without_volumes);
    EXPECT_FALSE(intent.paused_until().has_value());
}

}  // namespace
}  // namespace dockerext::reconcile
