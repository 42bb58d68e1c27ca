#include "reconcile/heartbeat.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime began_at = SteadyTime(1000s);
constexpr Duration tolerance = 30s;

TEST(Heartbeat, IsOverdueWhenTheLoopDoesNotWakeUp) {
    Heartbeat heartbeat;
    EXPECT_FALSE(heartbeat.is_overdue(began_at, tolerance)) << "it has not begun";
    heartbeat.sleeps_until(began_at + 5min);
    EXPECT_FALSE(heartbeat.is_overdue(began_at + 5min + tolerance, tolerance));
    EXPECT_TRUE(heartbeat.is_overdue(began_at + 5min + tolerance + 1s, tolerance));
    heartbeat.cycle_began(began_at + 6min);
    EXPECT_FALSE(heartbeat.is_overdue(began_at + 6min, tolerance));
}

TEST(Heartbeat, IsOverdueWhenACycleMakesNoProgress) {
    Heartbeat heartbeat;
    heartbeat.cycle_began(began_at);
    EXPECT_FALSE(heartbeat.is_overdue(began_at + 5min, tolerance));
    EXPECT_TRUE(heartbeat.is_overdue(began_at + 5min + tolerance + 1s, tolerance));
}

TEST(Heartbeat, AHangingEngineIsNotOverdue) {
    Heartbeat heartbeat;
    heartbeat.cycle_began(began_at);
    SteadyTime now = began_at;
    for (unsigned call = 1; call <= 100; ++call) {  // one after the other, each up to its deadline
        heartbeat.update_calls(call, 0s, now += 30s);
        EXPECT_FALSE(heartbeat.is_overdue(now, tolerance));
    }
    for (unsigned minute = 1; minute <= 30; ++minute) {  // or a single call with a distant deadline
        heartbeat.update_calls(101, minute * 1min, now += 1min);
        EXPECT_FALSE(heartbeat.is_overdue(now, tolerance));
    }
    heartbeat.update_calls(101, 0s, now += 6min);
    EXPECT_TRUE(heartbeat.is_overdue(now, tolerance));
}

TEST(Heartbeat, OtherCallsDoNotCountForASleepingLoop) {
    Heartbeat heartbeat;
    heartbeat.sleeps_until(began_at);
    heartbeat.update_calls(7, 1s, began_at + 1min);
    EXPECT_TRUE(heartbeat.is_overdue(began_at + 1min, tolerance));
}

TEST(Heartbeat, MaySleepForEver) {
    Heartbeat heartbeat;
    heartbeat.sleeps_until(SteadyTime::max());
    EXPECT_FALSE(heartbeat.is_overdue(began_at, tolerance));
}

TEST(Heartbeat, TellsHowLateTheLoopIs) {
    Heartbeat heartbeat;
    EXPECT_EQ(heartbeat.lag(began_at), 0s) << "it has not begun";
    heartbeat.sleeps_until(began_at);
    EXPECT_EQ(heartbeat.lag(began_at - 1s), 0s);
    EXPECT_EQ(heartbeat.lag(began_at + 3s), 3s);
    heartbeat.cycle_began(began_at + 4s);
    EXPECT_EQ(heartbeat.lag(began_at + 5s), 4s) << "as late as it began";
    heartbeat.sleeps_until(began_at + 5min);
    heartbeat.cycle_began(began_at + 1min);
    EXPECT_EQ(heartbeat.lag(began_at + 1min), 0s) << "an event woke it";
}

}  // namespace
}  // namespace dockerext::reconcile
