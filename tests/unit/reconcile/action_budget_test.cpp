#include "reconcile/action_budget.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
const model::SteadyTime noon{12h};

TEST(ActionBudget, AllowsALargePlanAtOnce) {
    ActionBudget budget;
    EXPECT_TRUE(budget.allows(noon));
    budget.spend(1000, noon);
    EXPECT_TRUE(budget.allows(noon));
}

TEST(ActionBudget, LimitsEndlessActions) {
    ActionBudget budget;
    int begun = 0;
    for (auto now = noon; now < noon + 1h; now += 1s) {  // ten actions per second for an hour
        if (!budget.allows(now)) continue;
        budget.spend(10, now);
        ++begun;
    }
    EXPECT_GT(begun, 800);
    EXPECT_LT(begun, 900);
}

TEST(ActionBudget, ReportsTheNextAllowedTime) {
    ActionBudget budget;
    budget.spend(1501, noon);
    EXPECT_FALSE(budget.allows(noon));
    const auto ready = budget.ready_at(noon);
    EXPECT_FALSE(budget.allows(ready - 600ms));
    EXPECT_TRUE(budget.allows(ready));
}

}  // namespace
}  // namespace dockerext::reconcile
