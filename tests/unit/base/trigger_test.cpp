#include "base/trigger.hpp"

#include "base/spawn.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
using test::run;

struct TriggerTest : testing::Test {
    Task<Result<>> wait_for_ever() {
        awake = co_await trigger.wait(1h);
        co_return Result<>{};
    }

    asio::io_context io;
    Trigger trigger;
    std::optional<bool> awake;
    std::optional<Result<>> finished;
};

TEST_F(TriggerTest, ManyRaisesAreOneWakeUp) {
    for (int i = 0; i < 5; ++i) trigger.raise();
    EXPECT_TRUE(run(io, trigger.wait(1h)));
    const auto outcome = run(io, with_timeout(10ms, "wait", wait_for_ever()));
    EXPECT_EQ(outcome.error().kind(), ErrorKind::timeout);
}

TEST_F(TriggerTest, WakesTheWaiter) {
    test::start(io, store_result(with_timeout(30s, "wait", wait_for_ever()), finished));
    io.poll();
    trigger.raise();
    io.run();
    EXPECT_EQ(awake, true);
}

TEST_F(TriggerTest, ACancellationCountsMoreThanARaise) {
    asio::cancellation_signal end;
    spawn(io.get_executor(), store_result(trigger.wait(), awake), rethrow, end.slot());
    io.poll();
    end.emit(asio::cancellation_type::terminal);
    trigger.raise();
    io.run();
    EXPECT_EQ(awake, false);
    EXPECT_TRUE(run(io, trigger.wait(1h))) << "the raise is kept for the next waiter";
}

TEST_F(TriggerTest, WakesAtTheTimeout) { EXPECT_TRUE(run(io, trigger.wait(5ms))); }

}  // namespace
}  // namespace dockerext
