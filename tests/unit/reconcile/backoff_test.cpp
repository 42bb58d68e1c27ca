#include "reconcile/backoff.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;

constexpr double middle = 0.5;

TEST(Backoff, DoublesUpToTheMaximum) {
    const Backoff backoff{1s, 300s};
    EXPECT_EQ(backoff.after(0, middle), 0s);
    EXPECT_EQ(backoff.after(1, middle), 1s);
    EXPECT_EQ(backoff.after(2, middle), 2s);
    EXPECT_EQ(backoff.after(9, middle), 256s);
    EXPECT_EQ(backoff.after(10, middle), 300s);
    EXPECT_EQ(backoff.after(4'000'000'000, middle), 300s);
}

TEST(Backoff, HasAJitterOfTwentyPercent) {
    const Backoff backoff{10s, 300s};
    EXPECT_EQ(backoff.after(1, 0), 8s);
    EXPECT_EQ(backoff.after(1, 1), 12s);
}

}  // namespace
}  // namespace dockerext::reconcile
