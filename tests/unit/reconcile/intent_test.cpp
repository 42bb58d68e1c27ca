#include "reconcile/intent.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;
using namespace std::chrono_literals;
using Leaving = std::map<ProjectName, Extent>;

Accepted settings(const std::string& project, const std::string& fingerprint) {
    Accepted accepted;
    accepted.desired.project.name = {project};
    accepted.desired.project.services[{"web"}].name = {"web"};
    accepted.fingerprint = fingerprint;
    return accepted;
}

/// One process of the daemon.
struct Process {
    explicit Process(const std::filesystem::path& folder) : memory(state::MemoryStore(folder), ledger) {}

    FailureLedger ledger{[] { return 0.5; }};
    MemoryFile memory;
    Intent intent{memory, ledger};
};

struct IntentTest : testing::Test {
    test::TemporaryFolder folder;
    Process process{folder.path()};
    Intent& intent = process.intent;
};

TEST_F(IntentTest, TheSameSettingsAgainAreNoOthers) {
    EXPECT_EQ(intent.adopt(settings("demo", "1")), Intent::Adopted::others);
    EXPECT_EQ(intent.adopt(settings("demo", "1")), Intent::Adopted::the_same);
    EXPECT_EQ(intent.adopt(settings("demo", "2")), Intent::Adopted::others);
    intent.dismiss(Extent::without_volumes);
    EXPECT_EQ(intent.adopt(settings("demo", "2")), Intent::Adopted::others) << "they were not in force";
}

TEST_F(IntentTest, AProjectLeavesForAnotherAndIsNotOneThatLeavesWhenItComesBack) {
    (void)intent.adopt(settings("demo", "1"));
    EXPECT_EQ(intent.leaving(), Leaving{});
    (void)intent.adopt(settings("other", "2"));
    EXPECT_EQ(intent.leaving(), (Leaving{{{"demo"}, Extent::without_volumes}}));
    (void)intent.adopt(settings("demo", "3"));
    EXPECT_EQ(intent.leaving(), (Leaving{{{"other"}, Extent::without_volumes}}));
}

TEST_F(IntentTest, JobsHaveNotRunForAProjectThatWasTakenDownOrIsAnother) {
    (void)intent.adopt(settings("demo", "1"));
    state::Memory memory;
    memory.completed[subject_of(Slot{{"web"}, 1})] = {"h", {"sha256:1"}};
    process.ledger.restore(memory);
    (void)intent.adopt(settings("demo", "2"));
    EXPECT_EQ(process.ledger.history().completed.size(), 1U);
    intent.dismiss(Extent::without_volumes);
    (void)intent.adopt(settings("demo", "2"));
    EXPECT_TRUE(process.ledger.history().completed.empty());
    process.ledger.restore(memory);
    (void)intent.adopt(settings("other", "2"));
    EXPECT_TRUE(process.ledger.history().completed.empty());
}

TEST_F(IntentTest, SettingsWithoutServicesTakeNothingAway) {
    (void)intent.adopt(settings("demo", "1"));
    Accepted none = settings("compose", "2");
    none.desired.project.services.clear();
    (void)intent.adopt(std::move(none));
    EXPECT_EQ(intent.leaving(), Leaving{});
    EXPECT_EQ(intent.project().value, "demo");
    intent.dismiss(Extent::without_volumes);
    EXPECT_EQ(intent.leaving(), (Leaving{{{"demo"}, Extent::without_volumes}}));
}

/// Each change is on disk when its call returns, so the next process knows it even after a crash.
TEST_F(IntentTest, DownAndItsVolumesOutliveTheProcess) {
    (void)intent.adopt(settings("demo", "1"));
    (void)intent.adopt(settings("other", "2"));
    intent.dismiss(Extent::with_volumes);
    intent.dismiss(Extent::without_volumes);  // a second `down` does not take the volumes back
    Process next(folder.path());
    EXPECT_EQ(next.intent.leaving(),
              (Leaving{{{"demo"}, Extent::with_volumes}, {{"other"}, Extent::with_volumes}}));
    EXPECT_EQ(next.intent.in_force(), nullptr);
    next.intent.forget({"demo"});
    next.intent.forget({"other"});
    EXPECT_EQ(Process(folder.path()).intent.leaving(), Leaving{});
}

TEST_F(IntentTest, APauseOutlivesTheProcessAndEndsByTheClock) {
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
    (void)intent.adopt(settings("demo", "1"));
    intent.pause(std::nullopt);
    intent.dismiss(Extent::without_volumes);
    EXPECT_FALSE(intent.paused_until().has_value());
}

}  // namespace
}  // namespace dockerext::reconcile
