#include "systemd/journal.hpp"

#include <gtest/gtest.h>

namespace dockerext::systemd {
namespace {

TEST(RecentFailureLines, AreEmptyWithoutAJournal) {
    const LogSpan last_hour{std::chrono::system_clock::now() - std::chrono::hours(1)};
    EXPECT_EQ(recent_failure_lines("no-such-unit.service", last_hour, {}).text, "");
}

}  // namespace
}  // namespace dockerext::systemd
