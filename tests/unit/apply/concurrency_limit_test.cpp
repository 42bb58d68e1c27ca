#include "apply/concurrency_limit.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct ConcurrencyLimitTest : testing::Test {
    asio::io_context io;
    ConcurrencyLimit slots{io.get_executor(), {1}};
    std::vector<std::size_t> served;
    std::size_t refused = 0;

    Task<void> visit(std::size_t priority) {
        const ConcurrencyLimit::Permit slot = co_await slots.acquire(priority);
        if (slot) served.push_back(priority);
        else ++refused;
    }
    void settle() {
        io.restart();
        io.poll();
    }
    ConcurrencyLimit::Permit acquire() { return test::run(io, slots.acquire(0)); }
};

TEST_F(ConcurrencyLimitTest, TheLowestTurnIsServedFirst) {
    ConcurrencyLimit::Permit held = acquire();
    for (const std::size_t priority : {3U, 1U, 2U, 1U}) test::start(io, visit(priority));
    settle();
    EXPECT_THAT(served, IsEmpty());
    held.reset();
    settle();
    EXPECT_THAT(served, ElementsAre(1, 1, 2, 3));
}

TEST_F(ConcurrencyLimitTest, APermitHeldForLongNoLongerCountsUpToATotal) {
    slots = ConcurrencyLimit(io.get_executor(),
                             {.max_concurrent = 1, .lease = std::chrono::milliseconds(1), .max_total = 2});
    ConcurrencyLimit::Permit held = acquire();
    ConcurrencyLimit::Permit another = acquire();
    test::start(io, visit(1));
    settle();
    EXPECT_THAT(served, IsEmpty());
    held.reset();
    EXPECT_TRUE(test::run_until(io, [&] { return !served.empty(); }));
}

TEST_F(ConcurrencyLimitTest, ARejectedWaiterGetsNoPermitAndTheSlotIsFree) {
    ConcurrencyLimit::Permit held = acquire();
    test::start(io, visit(1));
    settle();
    slots.reject_waiters();
    settle();
    EXPECT_EQ(refused, 1U);
    held.reset();
    EXPECT_TRUE(acquire());
}

TEST_F(ConcurrencyLimitTest, ASlotGrantedToARejectedWaiterIsNotLost) {
    ConcurrencyLimit::Permit held = acquire();
    test::start(io, visit(1));
    settle();
    held.reset();
    slots.reject_waiters();
    settle();
    EXPECT_THAT(served, ElementsAre(1));
    EXPECT_TRUE(acquire());
}

TEST_F(ConcurrencyLimitTest, ACancelledWaiterLeavesTheQueue) {
    ConcurrencyLimit::Permit held = acquire();
    TaskGroup group(io.get_executor());
    group.spawn(visit(1));
    settle();
    group.cancel();
    settle();
    EXPECT_EQ(group.size(), 0U);
    held.reset();
    EXPECT_TRUE(acquire());
    EXPECT_THAT(served, IsEmpty());
}

}  // namespace
}  // namespace dockerext::apply
