#include "reconcile/engine_removal.hpp"

#include "state/host_record.hpp"
#include "state/lock.hpp"
#include "state/paths.hpp"
#include "state/settings_store.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using testing::HasSubstr;

/// Below another root the daemon never touches packages; tests/vm covers their removal on a real machine.
struct EngineRemovalTest : testing::Test {
    EngineRemovalTest() { EXPECT_TRUE(state::make_folders(paths)); }

    void settings(const std::string& text) {
        model::Envelope envelope;
        envelope.public_settings = text;
        ASSERT_TRUE(state::SettingsStore(paths.state).save(envelope));
    }
    void brought(const std::string& package) {
        state::HostRecord host_record;
        host_record.owned.installed.packages = {package};
        ASSERT_TRUE(state::HostRecordStore(paths.host_record).save(host_record));
    }
    std::string outcome() {
        const auto removal = remove_engine(folder.path(), "unix:///run/none.sock");
        if (!removal) return removal.error().message();
        return removal->done.empty() ? removal->skip_reason : "done";
    }

    test::TemporaryFolder folder;
    state::Paths paths{folder.path()};
    const std::string asked = R"({"docker": {"install": {"on-uninstall": "remove"}}})";
    const std::string not_asked = "the settings do not ask for it (docker.install.on-uninstall)";
};

TEST_F(EngineRemovalTest, IsDoneOnlyIfTheSettingsRequestIt) {
    brought("dockerextd-test-none");
    EXPECT_EQ(outcome(), not_asked) << "without settings";
    for (const char* text : {"{}", R"({"docker": {"install": {"on-uninstall": "keep"}}})", "{ broken"}) {
        settings(text);
        EXPECT_EQ(outcome(), not_asked) << text;
    }
    settings(asked);
    EXPECT_THAT(outcome(), HasSubstr("systemd"));
}

TEST_F(EngineRemovalTest, KeepsAnEngineThatWasInstalledBefore) {
    settings(asked);
    EXPECT_EQ(outcome(), "no engine was installed here by dockerextd");
}

TEST_F(EngineRemovalTest, RequiresAStoppedDaemonIfThereIsWork) {
    const auto lock = state::lock_folder(paths.state);
    settings("{}");
    EXPECT_EQ(outcome(), not_asked);
    settings(asked);
    EXPECT_THAT(outcome(), HasSubstr("another dockerextd"));
}

TEST_F(EngineRemovalTest, FailsWhenOwnershipCannotBeRead) {
    settings(asked);
    test::write_file(paths.host_record, "torn");
    EXPECT_THAT(outcome(), HasSubstr("host.json"));
}

}  // namespace
}  // namespace dockerext::reconcile
