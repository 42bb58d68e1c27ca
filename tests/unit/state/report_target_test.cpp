#include "state/report_target.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace dockerext::state {
namespace {

TEST(ReportTarget, SurvivesARestart) {
    const test::TemporaryFolder folder;
    const auto then = std::chrono::sys_days{} + std::chrono::hours(1);
    ReportTarget target{"/var/lib/waagent/X-1.0.0/status", 7, then, {}};
    ASSERT_TRUE(ReportTargetStore(folder.path()).save(target));
    EXPECT_EQ(ReportTargetStore(folder.path()).load(), target);
    target.unfinished = {std::chrono::minutes(70), then + std::chrono::milliseconds(1)};
    ASSERT_TRUE(ReportTargetStore(folder.path()).save(target));
    EXPECT_EQ(ReportTargetStore(folder.path()).load(), target);
}

TEST(ReportTarget, IsAbsentWhenMissingOrInvalid) {
    const test::TemporaryFolder folder;
    EXPECT_EQ(ReportTargetStore(folder.path()).load(), std::nullopt);
    std::ofstream(folder.path() / "report-target.json") << "{}";
    EXPECT_EQ(ReportTargetStore(folder.path()).load(), std::nullopt);
}

}  // namespace
}  // namespace dockerext::state
