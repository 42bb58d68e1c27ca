#include "reconcile/changes.hpp"

#include "base/timeout.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
using test::run;

struct ChangesTest : testing::Test {
    asio::io_context io;
    Changes changes;
    std::optional<bool> first, second;
};

TEST_F(ChangesTest, AChangeBeforeTheWaitIsNotMissed) {
    const auto seen = changes.number();
    changes.raise();
    EXPECT_TRUE(run(io, changes.wait_beyond(seen, 1h)));
}

TEST_F(ChangesTest, WakesAllWaiters) {
    test::start(io, store_result(changes.wait_beyond(0, 1h), first));
    test::start(io, store_result(changes.wait_beyond(0, 2h), second));
    io.poll();
    EXPECT_EQ(first, std::nullopt) << "a second waiter does not wake the first";
    changes.raise();
    io.run();
    EXPECT_EQ(first, true);
    EXPECT_EQ(second, true);
}

TEST_F(ChangesTest, WakesNobodyForAKnownChange) {
    changes.raise();
    test::start(io, store_result(changes.wait_beyond(1, 1h), first));
    io.poll();
    EXPECT_EQ(first, std::nullopt);
    changes.raise();
    io.run();
    EXPECT_EQ(first, true);
}

TEST_F(ChangesTest, EndsWithoutAChangeAtTheTimeout) {
    EXPECT_FALSE(run(io, changes.wait_beyond(changes.number(), 5ms)));
}

TEST_F(ChangesTest, ProgressIsRaisedOnceASecond) {
    const SteadyTime begin{};
    for (int tenths = 0; tenths <= 30; ++tenths) changes.raise_for_progress(begin + tenths * 100ms);
    EXPECT_EQ(changes.number(), 4u) << "at 0, 1, 2 and 3 s";
    changes.raise_for_progress(begin + 1h);
    EXPECT_EQ(changes.number(), 5u) << "the first after a rest is raised at once";
}

TEST_F(ChangesTest, OtherChangesAreRaisedBesideProgress) {
    const SteadyTime begin{};
    changes.raise_for_progress(begin);
    changes.raise();
    EXPECT_EQ(changes.number(), 2u);
    changes.raise_for_progress(begin + 1s);
    EXPECT_EQ(changes.number(), 3u);
}

}  // namespace
}  // namespace dockerext::reconcile
