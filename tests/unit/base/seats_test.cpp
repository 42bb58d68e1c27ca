#include "base/seats.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace dockerext {
namespace {

constexpr uid_t owner = 7, alice = 1000, bob = 1001, carol = 1002;

TEST(Seats, NoUserHasMoreThanHisShareAndAllUsersLeaveSomeToTheOwner) {
    Seats seats(owner, {.of_one_user = 2, .of_all_users = 3});
    std::vector<Seats::Seat> held;
    const auto take = [&](uid_t user) {
        auto seat = seats.take(user);
        if (seat) held.push_back(std::move(*seat));
        return seat.has_value();
    };
    EXPECT_TRUE(take(alice));
    EXPECT_TRUE(take(alice));
    EXPECT_FALSE(take(alice));
    EXPECT_TRUE(take(bob));
    EXPECT_FALSE(take(bob));
    EXPECT_FALSE(take(carol));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(take(i % 2 == 0 ? owner : 0));
    held.clear();
    EXPECT_TRUE(take(carol));
    EXPECT_TRUE(take(alice));
}

TEST(Seats, TheOwnerHasAsManyAsHeIsGiven) {
    Seats seats(owner, {.of_one_user = 1, .of_all_users = 1, .of_owner = 2});
    auto first = seats.take(owner);
    const auto second = seats.take(0);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(seats.take(owner));
    EXPECT_TRUE(seats.take(alice)) << "counted apart";
    first.reset();
    EXPECT_TRUE(seats.take(owner));
}

TEST(Seats, ASeatGivesItselfBackOnce) {
    Seats seats(owner, {.of_one_user = 1, .of_all_users = 1});
    {
        auto first = seats.take(alice);
        const Seats::Seat moved = std::move(*first);
        first.reset();
        EXPECT_FALSE(seats.take(alice));
    }
    const auto again = seats.take(alice);
    EXPECT_TRUE(again);
    EXPECT_FALSE(seats.take(bob));
}

}  // namespace
}  // namespace dockerext
