#include "base/condition.hpp"

#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
using test::run;

struct ConditionTest : testing::Test {
    asio::io_context io;
    Condition condition;
    std::optional<bool> first, second;
};

TEST_F(ConditionTest, WakesAllWhoWait) {
    test::start(io, store_result(condition.wait_until(steady_now() + 1h), first));
    test::start(io, store_result(condition.wait_until(steady_now() + 2h), second));
    io.poll();
    EXPECT_EQ(first, std::nullopt) << "a second waiter does not wake the first";
    condition.notify();
    io.run();
    EXPECT_EQ(first, false);
    EXPECT_EQ(second, false);
}

TEST_F(ConditionTest, IsNotRememberedForLaterWaiters) {
    condition.notify();
    EXPECT_TRUE(run(io, condition.wait_until(steady_now() + 5ms)));
}

}  // namespace
}  // namespace dockerext
