#include "reconcile/swarm_departure.hpp"

#include "state/lock.hpp"
#include "state/paths.hpp"
#include "state/settings_store.hpp"
#include "state/swarm_record.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using model::Asked;
using testing::HasSubstr;

/// When it tries; tests/swarm covers how a machine leaves.
struct SwarmDepartureTest : testing::Test {
    SwarmDepartureTest() { EXPECT_TRUE(state::make_folders(paths)); }

    void settings(const std::string& text) {
        model::Envelope envelope;
        envelope.public_settings = text;
        ASSERT_TRUE(state::SettingsStore(paths.state).save(envelope));
    }
    void become_member() { ASSERT_TRUE(state::SwarmRecordStore(paths.swarm_record).save({.node = "own"})); }
    std::string outcome(Asked asked) {
        const auto removal = leave_swarm(folder.path(), "unix://" + (folder / "none.sock").native(), asked);
        if (!removal) return removal.error().message();
        return removal->done.empty() ? removal->skip_reason : "done";
    }

    test::TemporaryFolder folder;
    state::Paths paths{folder.path()};
    const std::string asking = R"({"swarm": {"managers": ["10.0.0.4"], "leave": true}})";
    const std::string not_asked = "the settings do not ask for it (swarm.leave)";
};

TEST_F(SwarmDepartureTest, AtUninstallationNeedsTheSettingsWish) {
    become_member();
    EXPECT_EQ(outcome(Asked::by_settings), not_asked) << "without settings";
    for (const char* text : {"{}", R"({"swarm": {"managers": ["10.0.0.4"]}})", "{ broken"}) {
        settings(text);
        EXPECT_EQ(outcome(Asked::by_settings), not_asked) << text;
        EXPECT_THAT(outcome(Asked::by_operator), HasSubstr("none.sock")) << text;
    }
    settings(asking);
    EXPECT_THAT(outcome(Asked::by_settings), HasSubstr("none.sock"));
}

TEST_F(SwarmDepartureTest, LeavesOnlyAMembershipOfOurs) {
    settings(asking);
    for (const Asked asked : {Asked::by_settings, Asked::by_operator})
        EXPECT_EQ(outcome(asked), "dockerextd has not made this machine a member of a swarm");
}

TEST_F(SwarmDepartureTest, NeedsAStoppedDaemon) {
    settings(asking);
    become_member();
    const auto lock = state::lock_folder(paths.state);
    ASSERT_TRUE(lock);
    EXPECT_THAT(outcome(Asked::by_operator), HasSubstr("another dockerextd"));
}

}  // namespace
}  // namespace dockerext::reconcile
