#include "reconcile/wake_ups.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
constexpr SteadyTime now = SteadyTime{} + 1h;

TEST(WakeUps, HaveNoNextWhenEmpty) {
    EXPECT_EQ(WakeUps().next(), nullptr);
    EXPECT_EQ(to_text(WakeUps(), now), "");
}

TEST(WakeUps, ReturnTheEarliest) {
    WakeUps wake_ups;
    wake_ups.add(now + 5min, "next full check");
    wake_ups.add(now + 1250ms, "backoff of container web-1 ends");
    wake_ups.add(now + 2s, "the pause ends");
    ASSERT_NE(wake_ups.next(), nullptr);
    EXPECT_EQ(*wake_ups.next(), (WakeUp{now + 1250ms, "backoff of container web-1 ends"}));
    EXPECT_EQ(to_text(wake_ups, now),
              "in 1.2 s: backoff of container web-1 ends\n"
              "in 2.0 s: the pause ends\n"
              "in 300.0 s: next full check\n");
    EXPECT_EQ(to_text(wake_ups, now + 1h).substr(0, 9), "in 0.0 s:") << "one that is due";
}

}  // namespace
}  // namespace dockerext::reconcile
