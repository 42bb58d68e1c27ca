#include "apply/concurrency_limit.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct SlotsTest : testing::Test {
    asio::io_context io;
    ConcurrencyLimit slots{io.get_executor(), {1}};
    std::vector<std::size_t> served;
    std::size_t refused = 0;

    Task<void> visit(std::size_t turn) {
        const ConcurrencyLimit::Permit slot = co_await slots.take(turn);
        if (slot) served.push_back(turn);
        else ++refused;
    }
    void settle() {
        io.restart();
        io.poll();
    }
    ConcurrencyLimit::Permit take() { return test::run(io, slots.take(0)); }
};

TEST_F(SlotsTest, TheLowestTurnGoesFirst) {
    ConcurrencyLimit::Permit held = take();
    for (const std::size_t turn : {3U, 1U, 2U, 1U}) test::start(io, visit(turn));
    settle();
    EXPECT_THAT(served, IsEmpty());
    held.reset();
    settle();
    EXPECT_THAT(served, ElementsAre(1, 1, 2, 3));
}

TEST_F(SlotsTest, APlaceHeldForLongNoLongerCountsUpToABound) {
    slots = ConcurrencyLimit(io.get_executor(),
                             {.at_once = 1, .lease = std::chrono::milliseconds(1), .in_all = 2});
    ConcurrencyLimit::Permit held = take();
    ConcurrencyLimit::Permit another = take();
    test::start(io, visit(1));
    settle();
    EXPECT_THAT(served, IsEmpty());
    held.reset();
    EXPECT_TRUE(test::run_until(io, [&] { return !served.empty(); }));
}

TEST_F(SlotsTest, WhoeverIsTurnedAwayGoesWithoutAndTheSlotIsFreeAgain) {
    ConcurrencyLimit::Permit held = take();
    test::start(io, visit(1));
    settle();
    slots.turn_away();
    settle();
    EXPECT_EQ(refused, 1U);
    held.reset();
    EXPECT_TRUE(take());
}

TEST_F(SlotsTest, ASlotGivenToSomebodyWhoIsTurnedAwayAtOnceIsNotLost) {
    ConcurrencyLimit::Permit held = take();
    test::start(io, visit(1));
    settle();
    held.reset();
    slots.turn_away();
    settle();
    EXPECT_THAT(served, ElementsAre(1));
    EXPECT_TRUE(take());
}

TEST_F(SlotsTest, WhoeverIsCancelledLeavesTheQueue) {
    ConcurrencyLimit::Permit held = take();
    TaskGroup group(io.get_executor());
    group.spawn(visit(1));
    settle();
    group.cancel();
    settle();
    EXPECT_EQ(group.size(), 0U);
    held.reset();
    EXPECT_TRUE(take());
    EXPECT_THAT(served, IsEmpty());
}

}  // namespace
}  // namespace dockerext::apply
