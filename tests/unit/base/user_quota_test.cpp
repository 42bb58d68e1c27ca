#include "base/user_quota.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace dockerext {
namespace {

constexpr uid_t owner = 7, alice = 1000, bob = 1001, carol = 1002;

TEST(UserQuota, LimitsEachUserAndAllUsersTogether) {
    UserQuota quota(owner, {.per_user = 2, .all_users = 3});
    std::vector<UserQuota::Permit> held;
    const auto acquire = [&](uid_t user) {
        auto permit = quota.acquire(user);
        if (permit) held.push_back(std::move(*permit));
        return permit.has_value();
    };
    EXPECT_TRUE(acquire(alice));
    EXPECT_TRUE(acquire(alice));
    EXPECT_FALSE(acquire(alice));
    EXPECT_TRUE(acquire(bob));
    EXPECT_FALSE(acquire(bob));
    EXPECT_FALSE(acquire(carol));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(acquire(i % 2 == 0 ? owner : 0));
    held.clear();
    EXPECT_TRUE(acquire(carol));
    EXPECT_TRUE(acquire(alice));
}

TEST(UserQuota, LimitsTheOwnerSeparately) {
    UserQuota quota(owner, {.per_user = 1, .all_users = 1, .owner_limit = 2});
    auto first = quota.acquire(owner);
    const auto second = quota.acquire(0);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(quota.acquire(owner));
    EXPECT_TRUE(quota.acquire(alice)) << "counted apart";
    first.reset();
    EXPECT_TRUE(quota.acquire(owner));
}

TEST(UserQuota, APermitIsReleasedOnce) {
    UserQuota quota(owner, {.per_user = 1, .all_users = 1});
    {
        auto first = quota.acquire(alice);
        const UserQuota::Permit moved = std::move(*first);
        first.reset();
        EXPECT_FALSE(quota.acquire(alice));
    }
    const auto again = quota.acquire(alice);
    EXPECT_TRUE(again);
    EXPECT_FALSE(quota.acquire(bob));
}

}  // namespace
}  // namespace dockerext
