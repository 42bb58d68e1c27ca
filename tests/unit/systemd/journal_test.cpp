#include "systemd/journal.hpp"

#include <gtest/gtest.h>

namespace dockerext::systemd {
namespace {

TEST(RecentFailureLines, AreEmptyWithoutAJournal) {
    EXPECT_EQ(recent_failure_lines("no-such-unit.service",
                                   {std::chrono::system_clock::now() - std::chrono::hours(1)}, {}),
              "");
}

}  // namespace
}  // namespace dockerext::systemd
